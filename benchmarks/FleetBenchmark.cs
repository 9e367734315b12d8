using BenchmarkDotNet.Attributes;
using SimServe.Policies;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Serving;
using SimServe.Simulator;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Workloads;

namespace SimServe.Benchmarks;

/// <summary>Question: how many requests per second and core does the simulator serve on a data-centre fleet, and what does it allocate?</summary>
/// <remarks>
/// Masked editing with Flux on H800 (the catalogue's share of its peak), 28 steps, batches of up to 8, production masks, 970 templates, workers about 80 %
/// busy, everything streamed. Plans are known from a run before, as they are in a sweep. One operation is one request.
/// </remarks>
[MemoryDiagnoser]
public class FleetBenchmark
{
    private const int Requests = 200_000;
    private const double RequestsPerSecondAndWorker = 0.42;

    private static readonly DeviceSpec H800 = new() { Name = "H800", PeakFlopsPerSecond = 989.4e12, LinkBytesPerSecond = 55e9 };
    private static readonly RooflineCostModel Costs = new(H800, FluxDev.Model, new RooflineOptions { Efficiency = 0.354 });

    private readonly PlannerPool _planners = new();
    private Request[] _requests = [];
    private Simulation _simulation = null!;
    private long _events;

    [Params(64, 1000, 10_000)]
    public int Workers { get; set; } = 64;

    [Params("least-requests", "mask-aware")]
    public string Routing { get; set; } = "least-requests";

    [GlobalSetup]
    public void Setup()
    {
        var source = new WorkloadBuilder(
            new WorkloadOptions { Requests = Requests, RequestsPerSecond = RequestsPerSecondAndWorker * Workers, Steps = 28, Templates = 970, MaskShapes = false },
            FluxDev.Model.Grid).Stream(1);
        var requests = new List<Request>();
        while (source.TryNext(out var request))
        {
            requests.Add(request);
        }

        _requests = [.. requests];
        _simulation = new Simulation
        {
            Model = FluxDev.Model,
            Fleet = SimulatedFleet.Of(H800, Costs, Workers, perHost: 8),
            Policies = new PolicyOptions { Routing = Routing },
            TemplateSteps = 28,
            Planners = _planners,
        };
        Plain();
    }

    [GlobalCleanup]
    public void Report() => Console.WriteLine($"# {Workers} {Routing}: {(double)_events / Requests:0.00} events per request");

    [Benchmark(Baseline = true, OperationsPerInvoke = Requests, Description = "nobody watches")]
    public void Plain() => _events = _simulation.Stream(new ListedRequests(_requests)).Events;

    [Benchmark(OperationsPerInvoke = Requests, Description = "all metrics")]
    public double Watched()
    {
        var digest = new RunDigest();
        var run = _simulation.Stream(new ListedRequests(_requests), digest);
        _events = run.Events;
        return digest.Complete(run.End.At).Latency.Mean;
    }

    [Benchmark(OperationsPerInvoke = Requests, Description = "one event per step")]
    public void StepByStep() => _events = (_simulation with { CoalesceSteps = false }).Stream(new ListedRequests(_requests)).Events;
}
