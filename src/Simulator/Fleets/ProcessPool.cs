using SimServe.Policies;

namespace SimServe.Simulator.Fleets;

// Processes that serve jobs in the order in which they come: whoever comes knows at once when its job is done.
internal sealed class ProcessPool
{
    private readonly PriorityQueue<Instant, Instant> _free;

    public ProcessPool(int processes)
    {
        _free = new PriorityQueue<Instant, Instant>(processes);
        for (var i = 0; i < processes; i++)
        {
            _free.Enqueue(Instant.Start, Instant.Start);
        }
    }

    public Instant Serve(Instant comes, TimeSpan time)
    {
        if (time == TimeSpan.Zero)
        {
            return comes;
        }

        var done = Instant.Max(_free.Peek(), comes) + time;
        _free.DequeueEnqueue(done, done);
        return done;
    }
}
