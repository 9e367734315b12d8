using BenchmarkDotNet.Attributes;
using SimServe.Policies;
using SimServe.Simulator;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Workloads;

namespace SimServe.Benchmarks;

/// <summary>Question: how many requests and events does the simulator get through per second, end to end, and how many bytes is a request?</summary>
/// <remarks>8 workers, 20 steps, Poisson arrivals at 70 % of what they can serve without reuse. One operation is one request.</remarks>
[MemoryDiagnoser]
public class SimulationBenchmark
{
    private const int Requests = 2_000;

    private Simulation _simulation = null!;
    private long _events;

    [Params("full", "optimal")]
    public string Pipeline { get; set; } = "full";

    [Params("least-requests", "mask-aware")]
    public string Routing { get; set; } = "least-requests";

    [GlobalSetup]
    public void Setup() => _simulation = new Simulation
    {
        Model = FluxDev.Model,
        Fleet = SimulatedFleet.Of(FluxDev.Device, FluxDev.Costs, 8),
        Policies = new PolicyOptions { Pipeline = Pipeline, Routing = Routing },
        Requests = new WorkloadBuilder(
            new WorkloadOptions { Requests = Requests, RequestsPerSecond = 1.8, Templates = 970 }, FluxDev.Model.Grid).Build(1),
    };

    [GlobalCleanup]
    public void Report() => Console.WriteLine($"# {Pipeline} {Routing}: {(double)_events / Requests:0.00} events per request (of the method in this process)");

    [Benchmark(Baseline = true, OperationsPerInvoke = Requests, Description = "one event per step")]
    public void StepByStep() => _events = (_simulation with { CoalesceSteps = false }).Run().Events;

    [Benchmark(OperationsPerInvoke = Requests, Description = "coalesced")]
    public void Coalesced() => _events = _simulation.Run().Events;
}
