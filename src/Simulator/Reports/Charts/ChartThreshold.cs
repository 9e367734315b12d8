namespace SimServe.Simulator.Reports.Charts;

/// <summary>A line that values are held against, e.g. a service-level objective.</summary>
/// <param name="Value">Where, in the unit of its axis; finite.</param>
/// <param name="Label">What it is, e.g. <c>SLO 10 s</c>.</param>
public sealed record ChartThreshold(double Value, string Label);
