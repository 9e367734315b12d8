namespace SimServe.Simulator.Workloads;

/// <summary>Independent exponential gaps, see <see cref="PoissonArrivals"/>.</summary>
public sealed record PoissonPattern : ArrivalPattern
{
    /// <summary>Name in scenario files.</summary>
    public const string Kind = "poisson";

    /// <inheritdoc/>
    public override IArrivalProcess Create(double requestsPerSecond) =>
        new PoissonArrivals(requestsPerSecond);
}
