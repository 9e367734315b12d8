using SimServe.Policies.Scaling;

namespace SimServe.Policies.Serving;

// Asks the scaling policy and starts or drains workers as it wishes. Workers with the lowest numbers are on first.
internal sealed class FleetScaler(
    IScalingPolicy policy, ScalingOptions options, Worker[] workers, IClock clock, Action<Worker> start, Action<Worker> drain, Action<Worker> keep)
{
    private long _arrivedBefore;
    private TimeSpan _busyBefore;
    private Instant _before;

    public int Initial => Math.Clamp(options.Initial ?? workers.Length, 1, workers.Length);

    public void Decide(long arrived, int atGateway)
    {
        var now = clock.Now;
        var wanted = policy.Decide(Observe(arrived, atGateway, now), now);
        var most = workers.Count(static worker => worker.State != WorkerState.Failed && !worker.IsTakenAway);
        var change = Math.Clamp(wanted, Math.Min(options.Least, most), most) - Count(WorkerState.Ready) - Count(WorkerState.Provisioning) - Count(WorkerState.Loading);
        for (; change > 0; change--)
        {
            Grow();
        }

        for (; change < 0 && Last(WorkerState.Ready) is { } last; change++)
        {
            drain(last);
        }
    }

    private FleetLoad Observe(long arrived, int atGateway, Instant now)
    {
        var (waiting, running, busy) = (atGateway, 0, TimeSpan.Zero);
        foreach (var worker in workers)
        {
            waiting += worker.Waiting;
            running += worker.Running;
            busy += worker.BusyTime;
        }

        var (ready, interval) = (Count(WorkerState.Ready), now - _before);
        var share = ready == 0 || interval <= TimeSpan.Zero ? 0 : Math.Min(1, (busy - _busyBefore) / interval / ready);
        var load = new FleetLoad(
            ready, Count(WorkerState.Provisioning) + Count(WorkerState.Loading), Count(WorkerState.Draining), waiting, running, arrived - _arrivedBefore, share, interval);
        (_arrivedBefore, _busyBefore, _before) = (arrived, busy, now);
        return load;
    }

    // A worker that drains is still there: it need not be provisioned again.
    private void Grow()
    {
        if (First(WorkerState.Draining) is { } draining)
        {
            keep(draining);
        }
        else if (First(WorkerState.Off) is { } off)
        {
            start(off);
        }
    }

    private int Count(WorkerState state) => workers.Count(worker => worker.State == state);

    private Worker? First(WorkerState state) => Array.Find(workers, worker => worker.State == state && !worker.IsTakenAway);

    private Worker? Last(WorkerState state) => Array.FindLast(workers, worker => worker.State == state);
}
