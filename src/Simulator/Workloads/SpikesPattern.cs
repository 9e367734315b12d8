using SimServe.Policies;

namespace SimServe.Simulator.Workloads;

/// <summary>The workload's rate, but for some windows of time.</summary>
/// <param name="Spikes">In order of time, none before the end of the one before it.</param>
public sealed record SpikesPattern(IReadOnlyList<PatternSpike> Spikes) : ArrivalPattern
{
    /// <summary>Name in scenario files.</summary>
    public const string Kind = "spikes";

    /// <inheritdoc/>
    public override IArrivalProcess Create(double requestsPerSecond) =>
        PiecewiseArrivals.Ending([.. Pieces(requestsPerSecond)], requestsPerSecond);

    private IEnumerable<RatePiece> Pieces(double requestsPerSecond)
    {
        var end = TimeSpan.Zero;
        foreach (var spike in Spikes)
        {
            var start = Duration.FromSeconds(spike.AtSeconds);
            if (start < end)
            {
                throw new ArgumentException($"The spike at {spike.AtSeconds} s begins before the one before it ends.");
            }

            if (start > end)
            {
                yield return new RatePiece(start - end, requestsPerSecond);
            }

            end = Duration.FromSeconds(spike.EndSeconds);
            yield return new RatePiece(end - start, spike.Multiplier * requestsPerSecond);
        }
    }
}
