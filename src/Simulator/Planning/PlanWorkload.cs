using System.Collections.Concurrent;
using SimServe.Policies;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Planning;

/// <summary>The requests of every replication: the same for every fleet (common random numbers).</summary>
internal sealed class PlanWorkload
{
    private readonly WorkloadOptions _options;
    private readonly WorkloadBuilder _builder;
    private readonly int _seed;
    private readonly ConcurrentDictionary<int, Lazy<Request[]>> _replications = new();

    public PlanWorkload(WorkloadOptions options, TokenGrid grid, int seed) =>
        (_options, _builder, _seed) = (options, new WorkloadBuilder(options, grid), seed);

    // At another load the same requests arrive, as the workload's arrivals at that rate would have it.
    public Request[] Of(int replication, double loadFactor)
    {
        var requests = _replications.GetOrAdd(replication, number => new Lazy<Request[]>(() => _builder.Build(SeedOf(number)))).Value;
        return loadFactor == 1 ? requests : Retime(requests, SeedOf(replication), loadFactor);
    }

    private int SeedOf(int replication) => new RandomStream(_seed, $"replication {replication}").Next();

    private Request[] Retime(Request[] requests, int seed, double loadFactor)
    {
        var (process, random) = (_options.Arrivals.Create(_options.RequestsPerSecond * loadFactor), new RandomStream(seed, PoissonArrivals.Stream));
        var (retimed, arrival) = (new Request[requests.Length], Instant.Start);
        for (var i = 0; i < retimed.Length; i++)
        {
            arrival = process.Next(arrival, random);
            retimed[i] = requests[i] with { ArrivesAt = arrival };
        }

        return retimed;
    }
}
