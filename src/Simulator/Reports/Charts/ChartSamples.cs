namespace SimServe.Simulator.Reports.Charts;

/// <summary>Samples whose distribution is drawn.</summary>
/// <param name="Name">Their name in the legend.</param>
/// <param name="Values">The samples in any order, in the unit of the axis; those that are not finite are left out, and their number is stated.</param>
public sealed record ChartSamples(string Name, IReadOnlyList<double> Values);
