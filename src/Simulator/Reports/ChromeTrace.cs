using SimServe.Policies;
using SimServe.Policies.Serving;

namespace SimServe.Simulator.Reports;

/// <summary>Runs as a trace that Perfetto and Chrome's tracing page open: a process per run, a track per worker, a slice per batch.</summary>
/// <remarks>Source of the format: "Trace Event Format" (Google), complete events; times are microseconds.</remarks>
public static class ChromeTrace
{
    /// <summary>The trace as an object to be written as JSON.</summary>
    /// <param name="runs">Runs by name.</param>
    public static object Of(IEnumerable<(string Name, ServingResult Result)> runs) => new
    {
        TraceEvents = runs.SelectMany(static (run, index) => EventsOf(run.Name, index + 1, run.Result)).ToArray(),
        DisplayTimeUnit = "ms",
    };

    private static IEnumerable<object> EventsOf(string name, int process, ServingResult run)
    {
        yield return new { Name = "process_name", Ph = "M", Pid = process, Args = new { Name = name } };
        foreach (var segment in run.Segments)
        {
            yield return new
            {
                Name = $"batch of {segment.BatchSize}",
                Ph = "X",
                Pid = process,
                Tid = segment.Worker.Value,
                Ts = segment.Start.TotalSeconds * TraceEventJson.MicrosecondsPerSecond,
                Dur = (segment.End - segment.Start).TotalSeconds * TraceEventJson.MicrosecondsPerSecond,
                Args = new
                {
                    Requests = segment.Plan.Members.Select(static member => member.Id.Value),
                    MaskedTokens = segment.Plan.Members.Sum(static member => member.MaskedTokens),
                    segment.Steps,
                    PredictedStepMs = segment.Plan.StepTime.TotalMilliseconds,
                    CachedBlocks = segment.Plan.Modes.Count(static mode => mode == BlockMode.Cached),
                    RecomputedBlocks = segment.Plan.Modes.Count(static mode => mode == BlockMode.Recomputed),
                    segment.BytesLoaded,
                },
            };
        }
    }
}
