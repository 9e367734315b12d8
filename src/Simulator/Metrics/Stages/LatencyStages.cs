using SimServe.Policies.Serving;

namespace SimServe.Simulator.Metrics.Stages;

/// <summary>Splits latencies into stages.</summary>
public static class LatencyStages
{
    /// <summary>Number of stages.</summary>
    public const int Count = 8;

    private static readonly string[] Names = ["gateway_queue", "prepare", "batch_wait", "cache_load", "adapter_swap", "interrupted", "compute", "delivery"];

    /// <summary>A stage's name in files, e.g. <c>batch_wait</c>.</summary>
    /// <param name="stage">The stage.</param>
    public static string NameOf(LatencyStage stage) => Names[(int)stage];

    /// <summary>Splits the latency of a completed request. The parts sum to it, tick for tick.</summary>
    /// <param name="record">A completed request.</param>
    /// <param name="stages">Receives <see cref="Count"/> lengths, in the order of <see cref="LatencyStage"/>.</param>
    /// <returns>Whether every instant is there and no part is negative; if not, the lengths mean nothing.</returns>
    public static bool TrySplit(in RequestRecord record, Span<TimeSpan> stages)
    {
        if (record.RoutedAt is not { } routed || record.ReadyAt is not { } ready || record.JoinedAt is not { } joined || record.DenoisedAt is not { } denoised)
        {
            return false;
        }

        var compute = denoised - joined - record.CacheWait - record.AdapterWait - record.PrePostWait;
        stages[(int)LatencyStage.GatewayQueue] = routed - record.ArrivedAt;
        stages[(int)LatencyStage.Prepare] = ready - routed;
        stages[(int)LatencyStage.BatchWait] = joined - ready;
        stages[(int)LatencyStage.CacheLoad] = record.CacheWait;
        stages[(int)LatencyStage.AdapterSwap] = record.AdapterWait;
        stages[(int)LatencyStage.Interrupted] = record.PrePostWait;
        stages[(int)LatencyStage.Compute] = compute;
        stages[(int)LatencyStage.Delivery] = record.FinishedAt - denoised;
        foreach (var stage in stages)
        {
            if (stage < TimeSpan.Zero)
            {
                return false;
            }
        }

        return true;
    }
}
