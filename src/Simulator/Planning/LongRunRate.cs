using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Planning;

/// <summary>The mean rate of a workload in the long run.</summary>
internal static class LongRunRate
{
    // Requests/s. Spikes do not come back: in the long run only the rate outside them counts.
    public static double Of(WorkloadOptions workload) => workload.RequestsPerSecond * Multiplier(workload.Arrivals);

    private static double Multiplier(ArrivalPattern pattern) => pattern switch
    {
        PiecewisePattern piecewise => Mean(piecewise.Pieces.Select(static piece => (piece.Seconds, piece.Multiplier))),
        MarkovModulatedPattern modulated => Mean(modulated.States.Select(static state => (state.MeanSojournSeconds, state.Multiplier))),
        _ => 1,
    };

    private static double Mean(IEnumerable<(double Seconds, double Multiplier)> parts)
    {
        var (seconds, area) = parts.Aggregate((0.0, 0.0), static (sum, part) => (sum.Item1 + part.Seconds, sum.Item2 + (part.Seconds * part.Multiplier)));
        return area / seconds;
    }
}
