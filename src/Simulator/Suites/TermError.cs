namespace SimServe.Simulator.Suites;

/// <summary>A part of the mean latency in both worlds.</summary>
/// <param name="Term">What takes the time: a term of the cost model, or a stage of service.</param>
/// <param name="Predicted">Seconds of a request's mean latency, predicted.</param>
/// <param name="Measured">Seconds of a request's mean latency, measured.</param>
public sealed record TermError(string Term, double Predicted, double Measured)
{
    /// <summary>Predicted less measured, seconds of the mean latency.</summary>
    public double Difference => Predicted - Measured;
}
