using SimServe.Policies;
using SimServe.Policies.Serving;

namespace SimServe.Simulator.Planning;

/// <summary>Keeps what planning needs of a run: latencies, and how long workers were busy and on in a window of time.</summary>
internal sealed class FleetWatch : IRunObserver
{
    private readonly Instant _from;
    private readonly Instant _to;
    private readonly double[] _latencies;
    private readonly long[] _busyTicks;
    private readonly long[] _onTicks;
    private readonly Instant?[] _onSince;

    public FleetWatch(int requests, int workers, Instant from, Instant to)
    {
        (_from, _to, _latencies, _busyTicks) = (from, to, new double[requests], new long[workers]);
        (_onTicks, _onSince) = (new long[workers], new Instant?[workers]);
        Array.Fill(_latencies, double.PositiveInfinity);
    }

    public ReplicationRun Close()
    {
        var window = Math.Max(1, (_to - _from).Ticks);
        for (var worker = 0; worker < _onTicks.Length; worker++)
        {
            TurnOff(worker, _to);
        }

        return new ReplicationRun(_latencies, Array.ConvertAll(_busyTicks, Share), Array.ConvertAll(_onTicks, Share));

        double Share(long ticks) => (double)ticks / window;
    }

    void IRunObserver.Denoised(in BatchSegment segment) =>
        _busyTicks[segment.Worker.Value] += InWindow(segment.Start, segment.End);

    // A worker that is being provisioned, loads or drains is there, and is paid for.
    void IRunObserver.WorkerChanged(WorkerId worker, WorkerState state, Instant now)
    {
        if (state is WorkerState.Off or WorkerState.Failed)
        {
            TurnOff(worker.Value, now);
        }
        else
        {
            _onSince[worker.Value] ??= now;
        }
    }

    void IRunObserver.Finished(in RequestRecord record)
    {
        if (record.Outcome == RequestOutcome.Completed)
        {
            _latencies[(int)record.Request.Id.Value] = (record.FinishedAt - record.ArrivedAt).TotalSeconds;
        }
    }

    private void TurnOff(int worker, Instant now)
    {
        if (_onSince[worker] is { } since)
        {
            _onTicks[worker] += InWindow(since, now);
            _onSince[worker] = null;
        }
    }

    private long InWindow(Instant start, Instant end) => Math.Max(0, Math.Min(end.Ticks, _to.Ticks) - Math.Max(start.Ticks, _from.Ticks));
}
