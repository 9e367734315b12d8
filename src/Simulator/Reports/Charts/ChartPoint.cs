namespace SimServe.Simulator.Reports.Charts;

/// <summary>One point of a series, in the units of its axes.</summary>
/// <param name="X">Where.</param>
/// <param name="Y">The value; NaN is a gap.</param>
/// <param name="Low">Lower end of its confidence interval; NaN for none.</param>
/// <param name="High">Upper end of its confidence interval; NaN for none.</param>
public readonly record struct ChartPoint(double X, double Y, double Low = double.NaN, double High = double.NaN);
