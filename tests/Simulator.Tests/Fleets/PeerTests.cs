using SimServe.Policies;
using SimServe.Policies.Recovery;
using SimServe.Policies.Serving;
using SimServe.Simulator.Devices;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Tests.Devices;

namespace SimServe.Simulator.Tests.Fleets;

/// <summary>Hosts that fetch templates from each other's memory, to the tick. The store takes 10 s for a template, a peer 1 s and 20 ms of latency.</summary>
public sealed class PeerTests
{
    private const int Steps = 8;
    private static readonly long TemplateBytes = TestWorkload.Model.TemplateCacheBytes(Steps);
    private static readonly PeerOptions Peers = new() { BytesPerSecond = TemplateBytes, Latency = TimeSpan.FromMilliseconds(20) };
    private static readonly HostOptions Host = new() { MemoryBytes = 10 * TemplateBytes, NetworkBytesPerSecond = TemplateBytes / 10.0, Prefetch = false, Peers = Peers };

    // Round robin: each request goes to the next host.
    [Test]
    public void A_template_in_another_hosts_memory_takes_its_bytes_over_the_bandwidth_and_the_latency()
    {
        var run = Run(Host, (0, 0), (60, 0));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Waits(run), Is.EqualTo(new[] { 10, 1.02 }).Within(1e-6));
            Assert.That((run.Caches!.StoreFetches, run.Caches.PeerFetches), Is.EqualTo((1, 1)));
        }
    }

    // Both from host 0, or one after the other: at 60 s hosts 1 and 2 share what goes out of host 0.
    [Test]
    public void Two_at_once_share_the_port_that_they_come_from() =>
        Assert.That(Waits(Run(Host, (0, 0), (60, 0), (60, 0))), Is.EqualTo(new[] { 10, 2.02, 2.02 }).Within(1e-6));

    // At 120 s hosts 0 and 1 hold it, and each serves one.
    [Test]
    public void The_host_with_the_fewest_uploads_is_asked() =>
        Assert.That(Waits(Run(Host, (0, 0), (60, 0), (120, 0), (120, 0))), Is.EqualTo(new[] { 10, 1.02, 1.02, 1.02 }).Within(1e-6));

    // The store takes 1.8 s: half a port is less than that.
    [Test]
    public void A_busy_peer_is_left_for_a_store_that_gives_more() =>
        Assert.That(Waits(Run(Host with { NetworkBytesPerSecond = TemplateBytes / 1.8 }, (0, 0), (60, 0), (60, 0))), Is.EqualTo(new[] { 1.8, 1.02, 1.8 }).Within(1e-6));

    [Test]
    public void Memories_are_on_the_way_too()
    {
        var slow = Host with { MemoryBytesPerSecond = TemplateBytes / 3.0, NetworkBytesPerSecond = TemplateBytes / 10.0 };
        Assert.That(Waits(Run(slow, (0, 0), (60, 0), (60, 0))), Is.EqualTo(new[] { 10, 6.02, 6.02 }).Within(1e-6), "two out of a memory that takes 3 s for one");
    }

    // With room for one template, the second request of a host moves the first template to its disk.
    [TestCase(0.5, ExpectedResult = 0.5)]
    [TestCase(4, ExpectedResult = 1.02)]
    public double The_disk_is_read_where_it_is_faster_than_the_port(double diskSeconds)
    {
        var host = Host with { MemoryBytes = TemplateBytes, DiskBytes = 10 * TemplateBytes, DiskBytesPerSecond = TemplateBytes / diskSeconds };
        return Math.Round(Waits(Run(host with { Peers = Peers }, workers: 2, (0, 0), (60, 0), (120, 1), (180, 1), (240, 2), (300, 1), (360, 1)))[^2..].Max(), 5);
    }

    [Test]
    public void A_store_that_takes_no_time_is_asked_first()
    {
        var run = Run(Host with { NetworkBytesPerSecond = null }, (0, 0), (60, 0));
        Assert.That((Waits(run).Max(), run.Caches!.PeerFetches), Is.EqualTo((0, 0)));
    }

    [Test]
    public void What_has_left_a_hosts_memory_is_not_fetched_from_it()
    {
        var run = Run(Host with { MemoryBytes = TemplateBytes }, workers: 2, (0, 0), (60, 1), (120, 1), (180, 0));
        Assert.That((run.Caches!.StoreFetches, run.Caches.PeerFetches), Is.EqualTo((3, 1)), "host 0 drops template 0 for 1, which it gets from host 1");
    }

    [Test]
    public void A_template_that_the_store_has_lost_is_fetched_from_a_host_that_has_it()
    {
        var simulation = Simulation(Host, 3, (0, 0), (60, 0));
        var run = (simulation with { Faults = [new LostCacheHost(Instant.FromSeconds(30), 0)] }).Run();
        Assert.That(Waits(run), Is.EqualTo(new[] { 10, 1.02 }).Within(1e-6));
    }

    [Test]
    public void A_fetch_from_a_machine_that_is_lost_starts_again_from_elsewhere()
    {
        var simulation = Simulation(Host, 3, (0, 0), (60, 0));
        var run = (simulation with { Faults = [new LostWorker(Instant.FromSeconds(60.5), 0)] }).Run();
        using (Assert.EnterMultipleScope())
        {
            // Encoding takes 2 ms.
            Assert.That(Waits(run), Is.EqualTo(new[] { 10, 0.498 + 10 }).Within(1e-6));
            Assert.That((run.Caches!.StoreFetches, run.Caches.PeerFetches), Is.EqualTo((2, 1)));
        }
    }

    [Test]
    public void Where_nobody_else_has_it_any_more_it_is_recorded_anew()
    {
        var simulation = Simulation(Host, 3, (0, 0), (60, 0));
        var run = (simulation with { Faults = [new LostCacheHost(Instant.FromSeconds(30), 0), new LostWorker(Instant.FromSeconds(60.5), 0)] }).Run();
        Assert.That(Waits(run), Is.EqualTo(new[] { 10, 0.498 + new TestCosts().Record(Steps).TotalSeconds }).Within(1e-6));
    }

    [Test]
    public void A_machine_with_a_device_left_keeps_its_memory()
    {
        var simulation = Simulation(Host, 4, (0, 0), (60, 0), (60, 0)) with { Fleet = Fleet(Host, 4, perHost: 2) };
        var run = (simulation with { Faults = [new LostWorker(Instant.FromSeconds(30), 0)] }).Run();
        Assert.That(run.Caches!.StoreFetches, Is.EqualTo(1));
    }

    [Test]
    public void Every_transfer_ends_whatever_is_lost()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var requests = TestWorkload.Poisson(150, 15, seed, templates: 5);
            Fault[] faults = [new LostWorker(Instant.FromSeconds(seed * 0.3), seed % 6), new SpotPreemption(Instant.FromSeconds(seed * 0.4), (seed + 1) % 6, TimeSpan.FromSeconds(0.5)), new LostCacheHost(Instant.FromSeconds(seed * 0.2), 0)];
            var host = Host with { MemoryBytes = 2 * TemplateBytes, DiskBytes = TemplateBytes, Prefetch = true, NetworkBytesPerSecond = 1e8, Peers = Peers with { BytesPerSecond = 5e8 } };
            var simulation = TestWorkload.Simulation(requests, policies: new PolicyOptions { MaxBatchSize = 4, Recovery = new RecoveryOptions { Kind = "restart" } }) with { Faults = faults, Fleet = Fleet(host, 6, perHost: 1) };
            var run = simulation.Run();
            using (Assert.EnterMultipleScope())
            {
                Assert.That(run.Serving.Records, Has.All.Matches<RequestRecord>(static record => record.Outcome == RequestOutcome.Completed), $"seed {seed}");
                Assert.That(run.Caches!.PeerFetches, Is.GreaterThan(0), $"seed {seed}");
                Assert.That(TestWorkload.Trace((simulation with { CoalesceSteps = false }).Run().Serving), Is.EqualTo(TestWorkload.Trace(run.Serving)), $"seed {seed}");
            }
        }
    }

    [Test]
    public void A_directory_names_the_lowest_of_the_least_busy_holders()
    {
        var (directory, template) = (new PeerDirectory(), new TemplateId(7));
        Assert.That((directory.Choose(template), directory.Holds(template)), Is.EqualTo((-1, false)));
        foreach (var host in new[] { 5, 2, 9, 2 })
        {
            directory.Add(template, host);
        }

        var chosen = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            chosen.Add(directory.Choose(template));
            directory.BeginUpload(chosen[^1]);
        }

        directory.EndUpload(9);
        chosen.Add(directory.Choose(template));
        directory.Remove(template, 9);
        chosen.Add(directory.Choose(template));
        directory.Lose(5);
        directory.Add(template, 5);
        chosen.Add(directory.Choose(template));
        directory.Remove(template, 2);
        Assert.That(chosen, Is.EqualTo(new[] { 2, 5, 9, 2, 9, 5, 2 }));
        Assert.That(directory.Holds(template), Is.False, "what a lost host says is not heard");
    }

    private static double[] Waits(SimulationResult run) => [.. run.Serving.Records.Select(static record => record.CacheWait.TotalSeconds)];

    private static SimulationResult Run(HostOptions host, params (double At, int Template)[] requests) => Run(host, 4, requests);

    private static SimulationResult Run(HostOptions host, int workers, params (double At, int Template)[] requests) => Simulation(host, workers, requests).Run();

    private static SimulatedFleet Fleet(HostOptions host, int workers, int perHost) => SimulatedFleet.Of(TestWorkload.Device, new TestCosts(), workers, perHost) with { Host = host };

    private static Simulation Simulation(HostOptions host, int workers, params (double At, int Template)[] requests) => TestWorkload.Simulation(
        [
            .. requests.Select(static (request, number) => new Request
            {
                Id = new RequestId(number),
                ArrivesAt = Instant.FromSeconds(request.At),
                Template = new TemplateId(request.Template),
                Mask = EditMask.FromTokens(TestWorkload.Grid, [.. Enumerable.Range(0, 40)]),
                Steps = Steps,
                Prompt = "",
                Seed = number,
            }),
        ],
        policies: new PolicyOptions { Routing = "round-robin", MaxBatchSize = 4 }) with
    {
        Fleet = Fleet(host, workers, perHost: 1),
    };
}
