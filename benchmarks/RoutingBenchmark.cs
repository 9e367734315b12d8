using BenchmarkDotNet.Attributes;
using SimServe.Policies;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Routing;

namespace SimServe.Benchmarks;

/// <summary>Question: what does one routing decision cost, by policy and size of the fleet, and how many bytes does it allocate?</summary>
/// <remarks>
/// A fleet in motion (<see cref="RoutedFleet"/>): between two decisions three workers change. That is part of every row, so the row of <c>round-robin</c> is what
/// to subtract. FLUX.1-dev, 28 steps, batches of up to 8, plans without reuse, all worked out before the clock runs.
/// </remarks>
[MemoryDiagnoser]
public class RoutingBenchmark
{
    private const int Decisions = 4_096;

    private IRoutingPolicy _policy = null!;
    private RoutedFleet _fleet = null!;

    [Params(8, 64, 1024)]
    public int Workers { get; set; }

    [ParamsSource(nameof(Names))]
    public string Policy { get; set; } = MaskAware.Name;

    public static IEnumerable<string> Names => PolicyCatalogue.Routing;

    [GlobalSetup]
    public void Setup()
    {
        var planner = new StepPlanner(FluxDev.Model, FluxDev.Costs, new FullPipeline());
        var options = new PolicyOptions { Routing = Policy, MaxBatchSize = RoutedFleet.MaxBatchSize };
        _policy = PolicyCatalogue.CreateRouting(options, [.. Enumerable.Repeat(planner, Workers)]);
        _fleet = new RoutedFleet(Workers, planner);
        for (var i = 0; i < 20; i++)
        {
            Decide();
        }
    }

    [Benchmark(OperationsPerInvoke = Decisions)]
    public int Decide()
    {
        var sum = 0;
        for (var i = 0; i < Decisions; i++)
        {
            sum += _policy.Choose(_fleet.Next(out var now), _fleet.View, now);
        }

        return sum;
    }
}
