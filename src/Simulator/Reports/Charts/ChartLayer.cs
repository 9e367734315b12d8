namespace SimServe.Simulator.Reports.Charts;

/// <summary>One layer of a stacked chart.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Values">Its thickness at every x, 0 and up; NaN is a gap and counts as 0 for the layers above.</param>
public sealed record ChartLayer(string Name, IReadOnlyList<double> Values);
