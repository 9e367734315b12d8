using SimServe.Policies;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Serving;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Tests.Devices;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests;

/// <summary>Runs of any length in memory that does not grow.</summary>
public sealed class StreamingTests
{
    private const int Requests = 20_000;

    [TestCase("round-robin", false)]
    [TestCase("least-requests", false)]
    [TestCase("mask-aware", false)]
    [TestCase("least-requests", true)]
    public void A_longer_run_allocates_nothing_more(string routing, bool watched) => Check(routing, watched, Fleet, templates: 1);

    [Test]
    public void Templates_that_come_and_go_allocate_nothing_either()
    {
        var bytes = TestWorkload.Model.TemplateCacheBytes(8);
        Check("least-requests", watched: false, Fleet with { Host = new HostOptions { DeviceCacheBytes = 5 * bytes } }, templates: 20);
    }

    [Test]
    public void Hosts_that_fetch_from_each_other_allocate_nothing_either()
    {
        var bytes = TestWorkload.Model.TemplateCacheBytes(8);
        var host = new HostOptions { MemoryBytes = 8 * bytes, DiskBytes = 4 * bytes, DiskBytesPerSecond = 2e9, NetworkBytesPerSecond = 1e9, DeviceCacheBytes = bytes, Peers = new PeerOptions { BytesPerSecond = 4e9 } };
        var fleet = SimulatedFleet.Of(TestWorkload.Device, new TestCosts(), 4, perHost: 1) with { Host = host };
        Check("least-requests", watched: false, fleet, templates: 20);
    }

    [Test]
    public void Requests_that_are_cancelled_allocate_nothing_either() => Check("least-requests", watched: false, Fleet, templates: 1, new CancellationOptions(0.3, 0.5));

    private static void Check(string routing, bool watched, SimulatedFleet fleet, int templates, CancellationOptions? cancellation = null)
    {
        var planners = new PlannerPool();
        Allocated(2 * Requests, routing, watched, fleet, templates, cancellation, planners, out _);
        var once = Allocated(Requests, routing, watched, fleet, templates, cancellation, planners, out var events);
        var twice = Allocated(2 * Requests, routing, watched, fleet, templates, cancellation, planners, out var more);

        // Queues, pools and the digest's bounded tables may still double once. One object per request, of the least size there is, would be 6 bytes per event.
        TestContext.Out.WriteLine($"{(twice - once) / (double)(more - events):0.0000} bytes per event");
        Assert.That((twice - once) / (double)(more - events), Is.LessThan(1.5));
    }

    [Test]
    public void A_streamed_run_is_the_run_that_is_kept()
    {
        var requests = TestWorkload.Poisson(300, 8, 3);
        var simulation = TestWorkload.Simulation(requests);
        var collector = new RunCollector();
        var streamed = simulation.Stream(new ListedRequests(requests), collector);
        Assert.That(TestWorkload.Trace(collector.Close(streamed.End)), Is.EqualTo(TestWorkload.Trace(simulation.Run().Serving)));
    }

    [Test]
    public void Plans_of_earlier_runs_change_no_result()
    {
        var pool = new PlannerPool();
        var simulation = TestWorkload.Simulation(TestWorkload.Poisson(200, 8, 3));
        var fresh = TestWorkload.Trace(simulation.Run().Serving);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(TestWorkload.Trace((simulation with { Planners = pool }).Run().Serving), Is.EqualTo(fresh));
            Assert.That(TestWorkload.Trace((simulation with { Planners = pool }).Run().Serving), Is.EqualTo(fresh));
        }
    }

    private static long Allocated(int requests, string routing, bool watched, SimulatedFleet fleet, int templates, CancellationOptions? cancellation, PlannerPool planners, out long events)
    {
        var list = Workload(requests, templates, cancellation);
        var simulation = TestWorkload.Simulation([], 4, new PolicyOptions { MaxBatchSize = 4, Routing = routing }) with
        {
            Planners = planners,
            TemplateSteps = 8,
            Fleet = fleet,
        };
        var digest = watched ? new RunDigest() : null;
        var before = GC.GetAllocatedBytesForCurrentThread();
        events = simulation.Stream(new ListedRequests(list), digest).Events;
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    // The same cost models in every run, so that plans are found again.
    private static readonly SimulatedFleet Fleet = SimulatedFleet.Of(TestWorkload.Device, new TestCosts(), 4);

    private static Request[] Workload(int requests, int templates, CancellationOptions? cancellation)
    {
        var source = new WorkloadBuilder(
            new WorkloadOptions { Requests = requests, RequestsPerSecond = 11, Steps = 8, Templates = templates, MaskShapes = false, Cancellation = cancellation }, TestWorkload.Grid).Stream(1);
        var list = new List<Request>();
        while (source.TryNext(out var request))
        {
            list.Add(request);
        }

        return [.. list];
    }
}
