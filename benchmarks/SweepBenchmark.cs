using BenchmarkDotNet.Attributes;
using SimServe.Policies;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Serving;
using SimServe.Simulator;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Sweeps;
using SimServe.Simulator.Workloads;

namespace SimServe.Benchmarks;

/// <summary>Question: how much faster is a sweep on two cores than on one, journal and all?</summary>
/// <remarks>
/// 48 runs of 4,000 requests on 8 workers, on two routing policies of different cost, with plans shared among threads as the command does. One operation is one run
/// of the sweep. Others' work on the cores lengthens single iterations: the least is what the two rows are compared by.
/// </remarks>
[MinColumn]
public class SweepBenchmark
{
    private const int Runs = 48;
    private const int Requests = 4_000;

    private static readonly SharedPlans Plans = new();

    [ThreadStatic]
    private static PlannerPool? _planners;

    private readonly SweepTask[] _tasks = [.. Enumerable.Range(0, Runs).Select(static index => new SweepTask(index % 2, index / 2, $"key-{index}"))];
    private string _folder = "";
    private Request[] _requests = [];

    [Params(1, 2)]
    public int Threads { get; set; } = 1;

    [GlobalSetup]
    public void Setup()
    {
        _folder = Directory.CreateTempSubdirectory("simserve-benchmark-").FullName;
        _requests = [.. new WorkloadBuilder(new WorkloadOptions { Requests = Requests, RequestsPerSecond = 1.8, Templates = 970 }, FluxDev.Model.Grid).Build(1)];
    }

    [GlobalCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [Benchmark(OperationsPerInvoke = Runs, Description = "one run of a sweep")]
    public int Sweep()
    {
        using var journal = SweepJournal.Open(_folder, new SweepIdentity("benchmark", "key", Runs), resume: false, isComplete: true);
        return new SweepRunner(Threads, Simulate) { Effort = static task => task.Point }.Run(_tasks, journal).Count;
    }

    private SweepSample Simulate(SweepTask task, CancellationToken cancellation)
    {
        var meter = new RunMeter(Requests);
        var run = new Simulation
        {
            Model = FluxDev.Model,
            Fleet = SimulatedFleet.Of(FluxDev.Device, FluxDev.Costs, 8),
            Policies = new PolicyOptions { Routing = task.Point == 0 ? "least-requests" : "mask-aware" },
            Planners = _planners ??= new PlannerPool(Plans),
            TemplateSteps = _requests[0].Steps,
        }.Stream(new ListedRequests(_requests), meter, cancellation);
        return SweepSample.Of(new SweepRun(meter.Close(run.End.At), 8), []);
    }
}
