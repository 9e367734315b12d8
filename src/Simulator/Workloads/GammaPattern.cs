namespace SimServe.Simulator.Workloads;

/// <summary>Independent gamma-distributed gaps of a chosen burstiness.</summary>
/// <param name="CoefficientOfVariation">Standard deviation of the gaps over their mean, from 0.01 to 10; 1 is a Poisson process.</param>
public sealed record GammaPattern(double CoefficientOfVariation) : ArrivalPattern
{
    /// <summary>Name in scenario files.</summary>
    public const string Kind = "gamma";

    /// <inheritdoc/>
    public override IArrivalProcess Create(double requestsPerSecond) =>
        RenewalArrivals.Gamma(requestsPerSecond, CoefficientOfVariation);
}
