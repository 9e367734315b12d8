namespace SimServe.Simulator.Calibration;

/// <summary>Spread of a fit's relative residuals (predicted - measured) / measured.</summary>
/// <param name="P5">5 % quantile, e.g. -0.04: one prediction in twenty is more than 4 % too fast.</param>
/// <param name="P50">Median.</param>
/// <param name="P95">95 % quantile.</param>
public readonly record struct ResidualQuantiles(double P5, double P50, double P95);
