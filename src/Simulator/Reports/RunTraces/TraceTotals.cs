using SimServe.Simulator.Metrics;

namespace SimServe.Simulator.Reports.RunTraces;

/// <summary>What a trace adds up to.</summary>
/// <param name="Latency">Latency of the requests that completed in both traces, seconds.</param>
/// <param name="BusySeconds">Time in which workers denoised, all workers together.</param>
/// <param name="StallSeconds">Time in which they stood still for loads.</param>
/// <param name="Steps">Denoising steps of batches.</param>
/// <param name="StepSeconds">Mean time of one, or <c>null</c> where there was none.</param>
/// <param name="PredictedStepSeconds">What planners said of them in the mean.</param>
/// <param name="BatchSize">Mean requests in the batch, over steps.</param>
/// <param name="BytesLoaded">Bytes over links.</param>
public sealed record TraceTotals(
    Distribution Latency, double BusySeconds, double StallSeconds, long Steps, double? StepSeconds, double? PredictedStepSeconds, double? BatchSize, long BytesLoaded)
{
    internal static TraceTotals Of(RunTrace trace, IEnumerable<TracedRequest> completed)
    {
        var (steps, busy) = (trace.Batches.Sum(static batch => (long)batch.Steps), trace.Batches.Sum(static batch => batch.Seconds));
        double? PerStep(double sum) => steps == 0 ? null : sum / steps;
        return new TraceTotals(
            Distribution.Of([.. completed.Select(static request => request.LatencySeconds)]),
            busy,
            trace.Stalls.Sum(static stall => stall.Seconds),
            steps,
            PerStep(busy),
            PerStep(trace.Batches.Sum(static batch => batch.Steps * batch.PredictedStepSeconds)),
            PerStep(trace.Batches.Sum(static batch => (double)batch.Steps * batch.Requests.Count)),
            trace.Batches.Sum(static batch => batch.BytesLoaded));
    }
}
