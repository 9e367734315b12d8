namespace SimServe.Simulator.Workloads;

/// <summary>A rate that jumps between states at random, see <see cref="MarkovModulatedArrivals"/>.</summary>
/// <param name="States">At least 2, at least one of them with a multiplier above 0.</param>
public sealed record MarkovModulatedPattern(IReadOnlyList<PatternState> States) : ArrivalPattern
{
    /// <summary>Name in scenario files.</summary>
    public const string Kind = "markov-modulated";

    /// <inheritdoc/>
    public override IArrivalProcess Create(double requestsPerSecond) =>
        new MarkovModulatedArrivals([.. States.Select(state => state.At(requestsPerSecond))]);
}
