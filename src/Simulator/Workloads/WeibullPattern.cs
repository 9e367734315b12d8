namespace SimServe.Simulator.Workloads;

/// <summary>Independent Weibull-distributed gaps of a chosen burstiness.</summary>
/// <param name="CoefficientOfVariation">Standard deviation of the gaps over their mean, from 0.01 to 10; 1 is a Poisson process.</param>
public sealed record WeibullPattern(double CoefficientOfVariation) : ArrivalPattern
{
    /// <summary>Name in scenario files.</summary>
    public const string Kind = "weibull";

    /// <inheritdoc/>
    public override IArrivalProcess Create(double requestsPerSecond) =>
        RenewalArrivals.Weibull(requestsPerSecond, CoefficientOfVariation);
}
