using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Tests.Devices;

namespace SimServe.Simulator.Tests.Fleets;

/// <summary>What hosts, links and adapters do to requests, to the tick.</summary>
public sealed class FleetTests
{
    private static readonly long TemplateBytes = TestWorkload.Model.TemplateCacheBytes(8);

    [Test]
    public void A_template_that_is_not_in_memory_comes_over_the_network_while_its_request_is_prepared()
    {
        var host = new HostOptions { MemoryBytes = 10 * TemplateBytes, NetworkBytesPerSecond = TemplateBytes / 0.5 };
        var (prefetched, fetched) = (One(host), One(host with { Prefetch = false }));

        using (Assert.EnterMultipleScope())
        {
            // Encoding takes 2 ms: the fetch goes on for the other 498 ms after the request has joined.
            Assert.That(prefetched.CacheWait, Is.EqualTo(TimeSpan.FromSeconds(0.5) - TestCostsOf().Encode).Within(new TimeSpan(2)));
            Assert.That(fetched.CacheWait, Is.EqualTo(TimeSpan.FromSeconds(0.5)).Within(new TimeSpan(2)));
            Assert.That(fetched.StartedAt - fetched.JoinedAt, Is.EqualTo(fetched.CacheWait));
        }
    }

    [Test]
    public void Workers_of_a_host_wait_for_one_fetch_of_a_template_and_hosts_share_a_cache_hosts_link()
    {
        var host = new HostOptions { MemoryBytes = 10 * TemplateBytes, CacheHostBytesPerSecond = TemplateBytes / 0.5, Prefetch = false };
        Request[] requests = [.. Enumerable.Range(0, 2).Select(static number => Request(number, 0, template: 0))];
        TimeSpan[] Waits(int perHost) => [.. Run(requests, host, workers: 2, perHost).Records.Select(static record => record.CacheWait)];

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Waits(perHost: 2), Has.All.EqualTo(TimeSpan.FromSeconds(0.5)).Within(new TimeSpan(2)), "one fetch serves both");
            Assert.That(Waits(perHost: 1), Has.All.EqualTo(TimeSpan.FromSeconds(1)).Within(new TimeSpan(2)), "two fetches share the link");
        }
    }

    [Test]
    public void A_memory_of_one_template_fetches_at_every_change_of_template_and_a_larger_one_once_each()
    {
        Request[] requests = [.. Enumerable.Range(0, 12).Select(static number => Request(number, number * 10.0, template: number % 2))];
        int Fetches(long templates) => Run(
            requests, new HostOptions { MemoryBytes = templates * TemplateBytes, NetworkBytesPerSecond = 1e9 }, workers: 1).Records.Count(static record => record.CacheWait > TimeSpan.Zero);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Fetches(1), Is.EqualTo(12));
            Assert.That(Fetches(2), Is.EqualTo(2));
        }
    }

    [Test]
    public void A_template_that_left_memory_comes_from_the_disk()
    {
        Request[] requests = [.. Enumerable.Range(0, 6).Select(static number => Request(number, number * 10.0, template: number % 2))];
        var host = new HostOptions
        {
            MemoryBytes = TemplateBytes,
            DiskBytes = 10 * TemplateBytes,
            DiskBytesPerSecond = TemplateBytes / 0.25,
            NetworkBytesPerSecond = TemplateBytes / 1.0,
            Prefetch = false,
        };
        var waits = Run(requests, host, workers: 1).Records.Select(static record => record.CacheWait.TotalSeconds);
        Assert.That(waits, Is.EqualTo(new[] { 1, 1, 0.25, 0.25, 0.25, 0.25 }).Within(1e-6));
    }

    [Test]
    public void A_template_larger_than_memory_is_used_all_the_same_and_not_kept()
    {
        Request[] requests = [.. Enumerable.Range(0, 3).Select(static number => Request(number, number * 10.0, template: 0))];
        var records = Run(requests, new HostOptions { MemoryBytes = TemplateBytes - 1, NetworkBytesPerSecond = TemplateBytes / 1.0, Prefetch = false }, workers: 1).Records;
        Assert.That(records.Select(static record => record.CacheWait.TotalSeconds), Has.All.EqualTo(1).Within(1e-6));
    }

    [Test]
    public void Devices_that_load_at_once_share_the_bandwidth_of_their_hosts_memory()
    {
        // Loading is all that takes time: with half the bandwidth for each, steps take twice as long.
        var costs = new TestCosts { FlopsPerSecond = 1e18, BytesPerSecond = TestWorkload.Device.LinkBytesPerSecond, Overhead = static _ => TimeSpan.Zero };
        Request[] requests = [.. Enumerable.Range(0, 2).Select(static number => Request(number, 0, template: 0))];
        ServingResult Serve(double? bandwidth, int workers) => (TestWorkload.Simulation(requests[..workers], policies: new PolicyOptions { Pipeline = "strawman", Routing = "round-robin" }) with
        {
            Fleet = SimulatedFleet.Of(TestWorkload.Device, costs, workers) with { Host = new HostOptions { MemoryBytesPerSecond = bandwidth } },
        }).Run().Serving;
        TimeSpan Denoising(ServingResult run) => run.Records[0].DenoisedAt!.Value - run.Records[0].StartedAt!.Value;

        var alone = Denoising(Serve(TestWorkload.Device.LinkBytesPerSecond, workers: 1));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(alone, Is.GreaterThan(TimeSpan.Zero));
            Assert.That(Denoising(Serve(TestWorkload.Device.LinkBytesPerSecond, workers: 2)) / alone, Is.EqualTo(2).Within(0.001));
            Assert.That(Denoising(Serve(2 * TestWorkload.Device.LinkBytesPerSecond, workers: 2)), Is.EqualTo(alone));
            Assert.That(Denoising(Serve(null, workers: 2)), Is.EqualTo(alone));
        }
    }

    [Test]
    public void Adapters_are_loaded_once_while_they_stay_and_changed_weights_are_patched()
    {
        var adapters = new AdapterOptions { ControlNetBytes = 1000, LoraBytes = 100, DeviceBytes = 1000, Patch = TimeSpan.FromSeconds(0.2), Unpatch = TimeSpan.FromSeconds(0.2) };
        AdapterSet Set(int controlNet, int lora) => new([controlNet], [lora]);
        Request[] requests =
        [
            Request(0, 0, 0) with { Adapters = Set(1, 5) },
            Request(1, 10, 0) with { Adapters = Set(1, 5) },
            Request(2, 20, 0) with { Adapters = Set(1, 6) },
            Request(3, 30, 0) with { Adapters = Set(2, 6) },
            Request(4, 40, 0),
        ];
        var host = new HostOptions { NetworkBytesPerSecond = 1000 };
        var device = TestWorkload.Device with { LinkBytesPerSecond = 10_000 };
        var run = (TestWorkload.Simulation(requests) with
        {
            Fleet = SimulatedFleet.Of(device, TestCostsOf(), 1) with { Adapters = adapters, Host = host },
        }).Run().Serving;

        // Network 1 s a ControlNet and 0.1 s a LoRA, link a tenth of that; patching one in 0.2 s, one out and one in 0.4 s; taking one out 0.2 s.
        Assert.That(
            run.Records.Select(static record => record.AdapterWait.TotalSeconds),
            Is.EqualTo(new[] { 1.1 + 0.11 + 0.2, 0, 0.11 + 0.4, 1.1, 0.2 }).Within(1e-5));
    }

    [Test]
    public void Requests_with_different_LoRAs_never_share_a_batch()
    {
        var sets = Enumerable.Range(0, 3).Select(static lora => new AdapterSet([], [lora])).ToArray();
        Request[] requests = [.. TestWorkload.Poisson(200, 20, 3).Select(request => request with { Adapters = sets[request.Id.Value / 8 % 3] })];
        var run = TestWorkload.Simulation(requests, policies: new PolicyOptions { Routing = "round-robin", MaxBatchSize = 4 }).Run().Serving;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Segments, Has.All.Matches<BatchSegment>(static segment => segment.Plan.Members.Select(static member => member.Id.Value / 8 % 3).Distinct().Count() == 1));
            Assert.That(run.Segments, Has.Some.Matches<BatchSegment>(static segment => segment.BatchSize > 1));
            Assert.That(run.Records, Has.All.Matches<RequestRecord>(static record => record.Outcome == RequestOutcome.Completed));
        }
    }

    [Test]
    public void Processes_around_the_devices_delay_requests_by_what_they_take()
    {
        var cpu = new CpuStages
        {
            Decision = TimeSpan.FromMilliseconds(10),
            Preprocessing = TimeSpan.FromMilliseconds(20),
            Postprocessing = TimeSpan.FromMilliseconds(30),
            Serialisation = TimeSpan.FromMilliseconds(4),
            Transfer = TimeSpan.FromMilliseconds(5),
            Processes = 1,
        };
        Request[] requests = [Request(0, 0, 0), Request(1, 0, 0)];
        var plain = (TestWorkload.Simulation(requests) with { Fleet = SimulatedFleet.Of(TestWorkload.Device, TestCostsOf(), 2) }).Run().Serving.Records;
        var slow = (TestWorkload.Simulation(requests) with { Fleet = SimulatedFleet.Of(TestWorkload.Device, TestCostsOf(), 2) with { Cpu = cpu } }).Run().Serving.Records;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(slow[0].ReadyAt - plain[0].ReadyAt, Is.EqualTo(TimeSpan.FromMilliseconds(30)));
            Assert.That(slow[1].ReadyAt - plain[1].ReadyAt, Is.EqualTo(TimeSpan.FromMilliseconds(50)), "one process prepares one after the other");
            Assert.That((slow[0].FinishedAt - slow[0].DenoisedAt) - (plain[0].FinishedAt - plain[0].DenoisedAt), Is.EqualTo(TimeSpan.FromMilliseconds(39)));
        }
    }

    private static TestCosts TestCostsOf() => new();

    private static Request Request(int number, double atSeconds, int template) => new()
    {
        Id = new RequestId(number),
        ArrivesAt = Instant.FromSeconds(atSeconds),
        Template = new TemplateId(template),
        Mask = EditMask.FromTokens(TestWorkload.Grid, [.. Enumerable.Range(0, 40)]),
        Steps = 8,
        Prompt = "",
        Seed = number,
    };

    private static RequestRecord One(HostOptions host) => Run([Request(0, 0, 0)], host, workers: 1).Records[0];

    private static ServingResult Run(Request[] requests, HostOptions host, int workers, int? perHost = null) =>
        (TestWorkload.Simulation(requests, policies: new PolicyOptions { Routing = "round-robin", MaxBatchSize = 4 }) with
        {
            Fleet = SimulatedFleet.Of(TestWorkload.Device, TestCostsOf(), workers, perHost) with { Host = host },
        }).Run().Serving;
}
