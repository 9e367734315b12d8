namespace SimServe.Policies.Routing;

/// <summary>The workers that take requests, as a router sees them.</summary>
public class FleetView
{
    private IWorkerView[] _workers;
    private long[] _versions = [];

    /// <summary>Shows workers.</summary>
    /// <param name="workers">In order of their numbers.</param>
    public FleetView(params IWorkerView[] workers) => _workers = workers;

    /// <summary>How many there are.</summary>
    public int Count => _workers.Length;

    /// <summary>The workers in order of their numbers.</summary>
    public ReadOnlySpan<IWorkerView> Workers => _workers;

    /// <summary>A worker.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    public IWorkerView this[int index] => _workers[index];

    /// <summary>Grows whenever other workers are shown: until then an index means the same worker.</summary>
    public int Generation { get; private set; }

    /// <summary>The workers' versions in order of their numbers; valid until something changes.</summary>
    /// <remarks>One array: who remembers something of every worker of a large fleet finds out what has changed without touching them all.</remarks>
    public virtual ReadOnlySpan<long> Versions()
    {
        if (_versions.Length != _workers.Length)
        {
            _versions = new long[_workers.Length];
        }

        for (var i = 0; i < _workers.Length; i++)
        {
            _versions[i] = _workers[i].Version;
        }

        return _versions;
    }

    /// <summary>Index of the worker with the fewest unfinished requests; the first of equals.</summary>
    /// <remarks>O(n) here; the serving loop keeps an index and answers at once, however large its fleet.</remarks>
    public virtual int FewestRequests()
    {
        var best = 0;
        for (var i = 1; i < _workers.Length; i++)
        {
            if (Requests(i) < Requests(best))
            {
                best = i;
            }
        }

        return best;
    }

    /// <summary>Unfinished requests of a worker, running and waiting.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    public int Requests(int index) => _workers[index].Running + _workers[index].Waiting;

    /// <summary>Shows other workers from now on.</summary>
    /// <param name="workers">In order of their numbers.</param>
    protected void Show(IWorkerView[] workers)
    {
        _workers = workers;
        Generation++;
    }
}
