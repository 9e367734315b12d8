using SimServe.Policies;
using SimServe.Policies.Serving;

namespace SimServe.Simulator.Planning;

/// <summary>Keeps what planning needs of a run: latencies, and how busy workers were in a window of time.</summary>
internal sealed class FleetWatch : IRunObserver
{
    private readonly Instant _from;
    private readonly Instant _to;
    private readonly double[] _latencies;
    private readonly long[] _busyTicks;

    public FleetWatch(int requests, int workers, Instant from, Instant to)
    {
        (_from, _to, _latencies, _busyTicks) = (from, to, new double[requests], new long[workers]);
        Array.Fill(_latencies, double.PositiveInfinity);
    }

    public ReplicationRun Close()
    {
        var window = Math.Max(1, (_to - _from).Ticks);
        return new ReplicationRun(_latencies, Array.ConvertAll(_busyTicks, busy => (double)busy / window));
    }

    void IRunObserver.Denoised(in BatchSegment segment) =>
        _busyTicks[segment.Worker.Value] += Math.Max(0, Math.Min(segment.End.Ticks, _to.Ticks) - Math.Max(segment.Start.Ticks, _from.Ticks));

    void IRunObserver.Finished(in RequestRecord record)
    {
        if (record.Outcome == RequestOutcome.Completed)
        {
            _latencies[(int)record.Request.Id.Value] = (record.FinishedAt - record.ArrivedAt).TotalSeconds;
        }
    }
}
