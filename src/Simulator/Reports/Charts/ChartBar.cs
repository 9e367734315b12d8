namespace SimServe.Simulator.Reports.Charts;

/// <summary>One bar of a bar chart.</summary>
/// <param name="Name">What it stands for.</param>
/// <param name="Value">Its length, in the unit of the axis; NaN for unknown.</param>
/// <param name="Low">Lower end of its confidence interval; NaN for none.</param>
/// <param name="High">Upper end of its confidence interval; NaN for none.</param>
/// <param name="Detail">More for whoever points at it; null for nothing more.</param>
public sealed record ChartBar(string Name, double Value, double Low = double.NaN, double High = double.NaN, string? Detail = null);
