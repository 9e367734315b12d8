using SimServe.Policies;
using SimServe.Policies.Routing;
using SimServe.Policies.Serving;

namespace SimServe.Simulator.Reports.Runs;

/// <summary><c>trace.json</c>, written while the run goes on: opens in Perfetto and in Chrome's tracing page.</summary>
/// <remarks>
/// Source of the format: "Trace Event Format" (Google); times are microseconds. A track per worker with its batches and stalls, a track per
/// worker with its states, an arrow from the gateway to the batch that a request joined, a span per request, and counters of the queue, of
/// requests in batches and of every batch's size. After so many events nothing but the tracks' ends is written, and the file says how many were left out.
/// </remarks>
public sealed class TraceFile : IRunObserver, IDisposable
{
    /// <summary>Name of the file in a run's folder.</summary>
    public const string FileName = "trace.json";

    /// <summary>Events that are written unless told otherwise: about 100 MB, which Perfetto opens in seconds.</summary>
    public const int DefaultMostEvents = 500_000;

    private readonly RunFolder _folder;
    private readonly PendingFile _file;
    private readonly TraceEvents _events;
    private readonly List<(WorkerState State, Instant Since)> _states = [];
    private long _waiting;
    private long _running;
    private Instant _last;

    /// <summary>Opens the file.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="mostEvents">Events that are written, at least 1.</param>
    /// <exception cref="IOException">It cannot be created.</exception>
    public TraceFile(RunFolder folder, int mostEvents = DefaultMostEvents)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostEvents, 1);
        (_folder, _file) = (folder, folder.Open(FileName));
        _events = new TraceEvents(_file.Stream, mostEvents);
    }

    /// <inheritdoc/>
    public void Arrived(in Request request)
    {
        _waiting++;
        Count(request.ArrivesAt);
    }

    /// <inheritdoc/>
    public void Routed(in Request request, FleetView fleet, int chosen, Instant now) => _events.Route(request.Id.Value, now);

    /// <inheritdoc/>
    public void Admitted(WorkerId worker, int running, ReadOnlySpan<RequestId> admitted, Instant now)
    {
        foreach (var request in admitted)
        {
            _events.Join(request.Value, worker.Value, now);
        }

        (_waiting, _running) = (Math.Max(0, _waiting - admitted.Length), _running + admitted.Length);
        Count(now);
    }

    /// <inheritdoc/>
    public void Denoised(in BatchSegment segment)
    {
        Seen(segment.End);
        _events.Batch(segment);
    }

    /// <inheritdoc/>
    public void Stalled(in WorkerStall stall)
    {
        Seen(stall.End);
        _events.Stall(stall);
    }

    /// <inheritdoc/>
    public void WorkerChanged(WorkerId worker, WorkerState state, Instant now)
    {
        Seen(now);
        while (_states.Count <= worker.Value)
        {
            _states.Add((WorkerState.Off, Instant.Start));
        }

        CloseState(worker.Value, now);
        _states[worker.Value] = (state, now);
    }

    /// <inheritdoc/>
    public void Finished(in RequestRecord record)
    {
        // Earlier attempts of a request that was sent again are not told apart: the counters follow the last one.
        var joined = record.JoinedAt is not null;
        _waiting = Math.Max(0, _waiting - (joined ? 0 : 1));
        _running = Math.Max(0, _running - (joined ? 1 : 0));
        _events.Span(record);
        Count(record.FinishedAt);
    }

    /// <summary>Writes what is left and lets the file appear.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Complete()
    {
        for (var worker = 0; worker < _states.Count; worker++)
        {
            CloseState(worker, _last);
        }

        _events.Close(_states.Count);
        _file.Keep();
        _folder.Kept(FileName);
    }

    /// <summary>Removes the file if it was not completed.</summary>
    public void Dispose()
    {
        _events.Dispose();
        _file.Dispose();
    }

    private void Count(Instant now)
    {
        Seen(now);
        _events.Counter("requests", "waiting", _waiting, "running", _running, now);
    }

    private void CloseState(int worker, Instant now)
    {
        var (state, since) = _states[worker];
        if (state != WorkerState.Off && now > since)
        {
            _events.State(worker, state, since, now);
        }
    }

    private void Seen(Instant now) => _last = Instant.Max(_last, now);
}
