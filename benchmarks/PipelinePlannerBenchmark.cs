using BenchmarkDotNet.Attributes;
using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;

namespace SimServe.Benchmarks;

/// <summary>Question: what does one optimal plan cost, and how much more is that than the greedy one?</summary>
[MemoryDiagnoser]
public class PipelinePlannerBenchmark
{
    private readonly GreedyPipeline _greedy = new();
    private readonly OptimalPipeline _optimal = new();
    private BlockCost[] _costs = [];
    private BlockMode[] _modes = [];

    [Params(12, 57, 200)]
    public int Blocks { get; set; }

    [Params("uniform", "heterogeneous")]
    public string Costs { get; set; } = "uniform";

    [GlobalSetup]
    public void Setup()
    {
        var random = new RandomStream(1, "costs");
        _modes = new BlockMode[Blocks];
        _costs = [.. Enumerable.Range(0, Blocks).Select(_ => Costs == "uniform" ? Cost(1, 1, 1) : Cost(Factor(random), Factor(random), Factor(random)))];
    }

    [GlobalCleanup]
    public void Report()
    {
        Optimal();
        var optimal = StepTimeline.Evaluate(_costs, _modes, _optimal.LookAhead);
        Greedy();
        var greedy = StepTimeline.Evaluate(_costs, _modes, _greedy.LookAhead);
        Console.WriteLine($"# {Blocks} {Costs}: {_optimal.StatesKept} states, greedy step / optimal step {greedy / optimal:0.000}");
    }

    [Benchmark(Baseline = true)]
    public void Greedy() => _greedy.Choose(_costs, _modes);

    [Benchmark]
    public void Optimal() => _optimal.Choose(_costs, _modes);

    // A masked block of 0.7 ms, 2.6 ms more to compute it again, and a load of 1.4 ms: a Flux-sized block at mask ratio 0.1 and 16 GB/s.
    private static BlockCost Cost(double masked, double previous, double load) => new(
        Duration.FromSeconds(2.6e-3 * previous),
        Duration.FromSeconds(0.7e-3 * masked),
        Duration.FromSeconds((0.7e-3 * masked) + (2.6e-3 * previous)),
        Duration.FromSeconds(1.4e-3 * load),
        Duration.FromSeconds(0.35e-3 * load));

    private static double Factor(RandomStream random) => 0.5 + random.NextDouble();
}
