using SimServe.Policies;
using SimServe.Policies.Serving;

namespace SimServe.Simulator.Metrics.Fleets;

// The workers of a run by number, and what is counted of all of them together.
internal sealed class FleetBook(Func<WorkerId, WorkerRates>? rates)
{
    private WorkerBook?[] _workers = new WorkerBook?[16];

    public int Serving { get; private set; }

    public NumberCounts BatchSizes { get; } = new();

    public IEnumerable<WorkerBook> Workers => _workers.OfType<WorkerBook>();

    public WorkerBook this[int number] => number < _workers.Length && _workers[number] is { } worker ? worker : Create(number);

    public void Change(int number, WorkerState state, long now)
    {
        var worker = this[number];
        Serving -= worker.IsServing ? 1 : 0;
        worker.Change(state, now);
        Serving += worker.IsServing ? 1 : 0;
    }

    public void Reset(long now)
    {
        BatchSizes.Clear();
        foreach (var worker in Workers)
        {
            worker.Reset(now);
        }
    }

    private WorkerBook Create(int number)
    {
        if (number >= _workers.Length)
        {
            Array.Resize(ref _workers, Math.Max(number + 1, 2 * _workers.Length));
        }

        return _workers[number] = new WorkerBook(number, rates?.Invoke(new WorkerId(number)) ?? default);
    }
}
