namespace SimServe.Simulator.Suites;

/// <summary>A number before it is measured.</summary>
/// <param name="Mean">What is expected: the mean over simulated runs that differ in the device's pace and in how requests vary.</param>
/// <param name="Low">5 % quantile of those runs.</param>
/// <param name="High">95 % quantile: nine of ten measurements should lie between the two.</param>
public readonly record struct PredictedMetric(double Mean, double Low, double High)
{
    /// <summary>Whether a measurement lies within.</summary>
    /// <param name="measured">The measurement.</param>
    public bool Covers(double measured) => measured >= Low && measured <= High;
}
