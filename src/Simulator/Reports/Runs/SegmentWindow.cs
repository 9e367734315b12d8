using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reports.Runs;

/// <summary>Keeps what workers did in a window of the run, for a Gantt chart: so many bars and no more, however long the run.</summary>
/// <param name="from">Start of the window.</param>
/// <param name="mostBars">Bars that are kept, at least 1; the window ends with the last of them.</param>
public sealed class SegmentWindow(Instant from, int mostBars = SegmentWindow.DefaultMostBars) : IRunObserver
{
    /// <summary>Bars that are kept unless told otherwise.</summary>
    public const int DefaultMostBars = 4000;

    private readonly List<GanttBar> _bars = [];

    /// <summary>The bars in order of their ends; rows are numbers of workers.</summary>
    public IReadOnlyList<GanttBar> Bars => _bars;

    /// <summary>Whether there was more than could be kept.</summary>
    public bool IsCut { get; private set; }

    /// <inheritdoc/>
    public void Denoised(in BatchSegment segment)
    {
        if (Keeps(segment.End))
        {
            _bars.Add(Bar(segment.Worker, segment.Start, segment.End, $"batch of {segment.BatchSize}", "denoise", $"{segment.Steps} steps, {segment.Plan.MaskedTokens} masked tokens"));
        }
    }

    /// <inheritdoc/>
    public void Stalled(in WorkerStall stall)
    {
        if (Keeps(stall.End))
        {
            var kind = StallNames.Of(stall.Cause);
            _bars.Add(Bar(stall.Worker, stall.Start, stall.End, kind, kind, $"batch of {stall.BatchSize}"));
        }
    }

    private static GanttBar Bar(WorkerId worker, Instant start, Instant end, string label, string kind, string detail) =>
        new(worker.Value, start.TotalSeconds, end.TotalSeconds, label, kind, detail);

    private bool Keeps(Instant end)
    {
        if (end <= from)
        {
            return false;
        }

        IsCut |= _bars.Count == mostBars;
        return !IsCut;
    }
}
