using SimServe.Simulator.Metrics;
using SimServe.Simulator.Metrics.Stages;

namespace SimServe.Cli.Reproductions.SwiftDiffusion.Load;

/// <summary>What a plan came to under a load.</summary>
/// <param name="P50">Median latency, s.</param>
/// <param name="P99">99th percentile of latency, s.</param>
/// <param name="Attainment">Share of requests within their objective.</param>
/// <param name="GpuSeconds">GPU-seconds per image, GPUs that run ControlNets included.</param>
/// <param name="AdapterWait">Time in the batch without steps because of adapters, mean of a request, s.</param>
internal sealed record LoadNumbers(double P50, double P99, double Attainment, double GpuSeconds, double AdapterWait)
{
    public static LoadNumbers Of(RunSummary run) => new(
        run.Latency.P50,
        run.Latency.P99,
        run.Rates.SloAttainment!.Value,
        run.Rates.GpuSecondsPerImage!.Value,
        run.Stages[LatencyStages.NameOf(LatencyStage.AdapterSwap)].Mean);
}
