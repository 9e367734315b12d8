namespace SimServe.Simulator.Workloads;

/// <summary>Equal gaps.</summary>
public sealed record ConstantPattern : ArrivalPattern
{
    /// <summary>Name in scenario files.</summary>
    public const string Kind = "constant";

    /// <inheritdoc/>
    public override IArrivalProcess Create(double requestsPerSecond) =>
        RenewalArrivals.Constant(requestsPerSecond);
}
