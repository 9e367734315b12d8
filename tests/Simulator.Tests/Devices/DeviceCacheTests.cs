using MathNet.Numerics.RootFinding;
using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Recovery;
using SimServe.Policies.Residency;
using SimServe.Policies.Serving;
using SimServe.Simulator.Catalogue;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests.Devices;

/// <summary>Templates in devices' own memory: what their steps take, and which of them are there.</summary>
public sealed class DeviceCacheTests
{
    private const int Steps = 8;
    private static readonly long TemplateBytes = TestWorkload.Model.TemplateCacheBytes(Steps);
    private static readonly TestCosts Costs = new() { FlopsPerSecond = 5e11 };

    [Test]
    public void Steps_with_a_template_that_is_there_take_their_computation_only()
    {
        var run = Alone([0, 0], templates: 1);
        var blocks = new BlockCost[TestWorkload.Model.Blocks.Count];
        var masked = run.Serving.Records[1].Request.Mask.MaskedTokens;
        BatchCosts.Fill(TestWorkload.Model, Costs, 1, masked, blocks);
        var computed = new TimeSpan(blocks.Sum(static block => block.Cached.Ticks)) + Costs.StepOverhead(1);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Serving.Segments[0].BytesLoaded, Is.EqualTo(Steps * blocks.Sum(static block => (long)Math.Round(block.Load.TotalSeconds * Costs.BytesPerSecond))).Within(1000));
            Assert.That(run.Serving.Segments[1].BytesLoaded, Is.Zero);
            Assert.That(Denoising(run.Serving.Records[1]), Is.EqualTo(Steps * computed));
            Assert.That(Denoising(run.Serving.Records[0]), Is.GreaterThan(1.5 * Steps * computed), "loads bind here");
        }
    }

    // Least recently used of two: B leaves for C, A for B, C for A.
    [Test]
    public void Templates_come_when_a_request_is_done_and_the_least_recently_used_leaves()
    {
        var run = Alone([0, 1, 0, 2, 1, 0], templates: 2);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Serving.Segments.Select(static segment => segment.BytesLoaded == 0), Is.EqualTo(new[] { false, false, true, false, false, false }));
            Assert.That((run.Caches!.DeviceHits, run.Caches.DeviceMisses, run.Caches.DeviceEvictions), Is.EqualTo((1, 5, 3)));
        }
    }

    // Independent references, one request after the other: an LRU cache like any other. The approximation errs by less than 1 % (see HitRatioTests).
    [TestCase(10, 0.8)]
    [TestCase(40, 1.2)]
    public void The_hit_ratio_is_Ches(int capacity, double exponent)
    {
        const int Requests = 20_000;
        var zipf = new ZipfPopularity(200, exponent);
        double[] probabilities = [.. Enumerable.Range(0, 200).Select(zipf.Probability)];
        var random = new RandomStream(7, "references");
        var run = Alone([.. Enumerable.Range(0, Requests).Select(_ => zipf.Sample(random))], capacity, steps: 1);
        var time = Brent.FindRoot(time => probabilities.Sum(probability => -double.ExpM1(-probability * time)) - capacity, 1, 1e9, accuracy: 1e-6, maxIterations: 500);
        var expected = probabilities.Sum(probability => probability * -double.ExpM1(-probability * time));
        var actual = (double)run.Caches!.DeviceHits / Requests;
        TestContext.Out.WriteLine($"{capacity} of 200, exponent {exponent}: hit ratio {actual:0.0000}, Che {expected:0.0000}");
        Assert.That(actual, Is.EqualTo(expected).Within((0.01 * expected) + (3 * Math.Sqrt(expected * (1 - expected) / Requests)) + ((double)capacity / Requests)));
    }

    [Test]
    public void A_batch_of_both_kinds_loads_for_those_that_are_not_there_and_takes_what_was_predicted()
    {
        var requests = TestWorkload.Poisson(300, 40, 5, templates: 6);
        var run = Simulation(requests, templates: 3, new PolicyOptions { MaxBatchSize = 4 }, workers: 2).Run();
        var mixed = run.Serving.Segments.Where(static segment => segment.Plan.Resident.Members > 0 && segment.Plan.Resident.Members < segment.BatchSize).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(mixed, Has.Length.GreaterThan(20));
            Assert.That(run.Serving.Segments, Has.All.Matches<BatchSegment>(static segment => segment.End - segment.Start == segment.Steps * segment.Plan.StepTime));
            Assert.That(mixed, Has.All.Matches<BatchSegment>(static segment => segment.BytesLoaded == segment.Steps * BatchCosts.Bytes(
                TestWorkload.Model, segment.BatchSize, segment.Plan.MaskedTokens, [.. segment.Plan.Modes], segment.Plan.Resident)));
            Assert.That(run.Caches!.DeviceHits + run.Caches.DeviceMisses, Is.EqualTo(requests.Length));
        }
    }

    [Test]
    public void Coalesced_and_step_by_step_runs_are_identical()
    {
        var simulation = Simulation(TestWorkload.Poisson(300, 40, 5, templates: 6), templates: 2, new PolicyOptions { MaxBatchSize = 4 }, workers: 2);
        Assert.That(TestWorkload.Trace((simulation with { CoalesceSteps = false }).Run().Serving), Is.EqualTo(TestWorkload.Trace(simulation.Run().Serving)));
    }

    // The first request's template is in use until the end, so that those of the others, which end before, find no room.
    [Test]
    public void What_a_batch_uses_does_not_leave()
    {
        Request[] requests =
        [
            .. Of([0], Steps),
            .. Of([0], 4000).Select(static request => request with { Id = new RequestId(1), ArrivesAt = Instant.FromSeconds(100) }),
            .. Of([1, 1, 1], Steps).Select(static request => request with { Id = new RequestId(request.Id.Value + 2), ArrivesAt = Instant.FromSeconds(101 + request.Id.Value) }),
        ];
        var run = Simulation(requests, templates: 1, new PolicyOptions { MaxBatchSize = 2 }).Run();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Serving.Records[1].DenoisedAt, Is.GreaterThan(run.Serving.Records[4].DenoisedAt!.Value), "the test asks for that");
            Assert.That((run.Caches!.DeviceHits, run.Caches.DeviceMisses, run.Caches.DeviceEvictions), Is.EqualTo((1, 4, 0)));
        }
    }

    [Test]
    public void A_request_that_goes_on_from_a_checkpoint_leaves_no_whole_template()
    {
        var requests = Of([0, 0, 0], 40);
        var policies = new PolicyOptions { MaxBatchSize = 1, Routing = "least-requests", Recovery = new RecoveryOptions { Kind = "resume", CheckpointSteps = 5 } };
        var plain = Simulation(requests, templates: 1, policies, workers: 2);
        var first = plain.Run().Serving.Records[0];
        var run = (plain with { Faults = [new LostWorker(first.StartedAt!.Value + (Denoising(first) / 2), first.Worker!.Value.Value)] }).Run();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Serving.Records[0].Attempts, Is.EqualTo(2));
            Assert.That((run.Caches!.DeviceHits, run.Caches.DeviceMisses), Is.EqualTo((1, 3)), "twice the first request, then the second, which takes all steps; the third finds it");
        }
    }

    [Test]
    public void A_template_that_is_there_needs_no_copy_in_host_memory()
    {
        var simulation = Simulation(Of([0, 0, 1, 0], Steps), templates: 2, new PolicyOptions { MaxBatchSize = 1 });
        var host = simulation.Fleet.Host with { MemoryBytes = TemplateBytes, NetworkBytesPerSecond = TemplateBytes };
        var run = (simulation with { Fleet = simulation.Fleet with { Host = host } }).Run();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Caches!.StoreFetches, Is.EqualTo(2), "the host has room for one, and fetches either once");
            Assert.That(run.Serving.Records[3].CacheWait, Is.EqualTo(TimeSpan.Zero));
        }
    }

    [Test]
    public void Devices_that_keep_some_blocks_load_the_others_from_the_hosts_copy()
    {
        var kept = Enumerable.Range(0, TestWorkload.Model.Blocks.Count).Select(static block => block < 6).ToArray();
        var whole = Simulation(Of([0, 0, 1, 0], Steps), templates: 2, new PolicyOptions { MaxBatchSize = 1, Pipeline = "strawman" });
        var host = whole.Fleet.Host with { MemoryBytes = TemplateBytes, NetworkBytesPerSecond = TemplateBytes };
        var run = (whole with { Model = TestWorkload.Model with { KeptBlocks = kept }, Fleet = whole.Fleet with { Host = host } }).Run();
        var bytes = run.Serving.Segments.Select(static segment => segment.BytesLoaded).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(bytes[1], Is.EqualTo(bytes[0] * 6 / 11), "of blocks 1 to 11, whose rows are loaded, 6 to 11 still are");
            Assert.That(bytes[3], Is.EqualTo(bytes[1]));
            Assert.That((run.Caches!.DeviceHits, run.Caches.StoreFetches), Is.EqualTo((2, 3)), "the host has room for one: the last request waits for its template's other blocks");
        }
    }

    // As many bytes hold two of twenty templates whole.
    [Test]
    public void Chosen_blocks_of_many_templates_serve_better_than_a_few_whole_templates()
    {
        var draws = new RandomStream(1, "templates");
        Request[] requests = [.. TestWorkload.Poisson(400, 6, 3).Select(request => request with { Template = new TemplateId(draws.Next(0, 20)) })];
        var whole = Simulation(requests, templates: 2, new PolicyOptions { MaxBatchSize = 4 });
        var tokens = (int)requests.Average(static request => request.Mask.MaskedTokens);
        var kept = TemplateResidency.Choose(TestWorkload.Model, Costs, 1, tokens, Steps, whole.Fleet.Host.DeviceCacheBytes, [.. Enumerable.Repeat(1 / 20.0, 20)]);
        var (few, many) = (Mean(whole), Mean(whole with { Model = TestWorkload.Model with { KeptBlocks = kept } }));
        TestContext.Out.WriteLine($"{kept.Count(static block => block)} of 12 blocks are kept; mean latency {many:0.0000} s, {few:0.0000} s with whole templates");
        Assert.That(many, Is.LessThan(few));

        static double Mean(Simulation simulation) => simulation.Run().Serving.Records.Average(static record => (record.FinishedAt - record.ArrivedAt).TotalSeconds);
    }

    [Test]
    public void Without_memory_for_them_nothing_is_counted() =>
        Assert.That(TestWorkload.Simulation(TestWorkload.Poisson(5, 1, 1)).Run().Caches, Is.Null);

    [Test]
    public void Room_for_a_part_of_a_template_is_refused()
    {
        var simulation = TestWorkload.Simulation(Of([0], Steps));
        var small = simulation with { Fleet = simulation.Fleet with { Host = new HostOptions { DeviceCacheBytes = TemplateBytes - 1 } } };
        Assert.That(() => small.Run(), Throws.ArgumentException.With.Message.EqualTo(
            $"DeviceCacheBytes: found {TemplateBytes - 1}; allowed: 0, or at least the {TemplateBytes} bytes of one template. Give devices room for a template, or none."));
    }

    [Test]
    public void Faults_of_a_scenario_name_the_template_and_the_device()
    {
        var model = TestWorkload.Model with { Parameters = 15_000_000_000 };
        string[] Faults(double bytes, params string[] devices) =>
            [.. DeviceMemoryFaults.Of(new HostOptions { DeviceCacheBytes = (long)bytes }, model, Steps, devices.Select(DeviceCatalogue.Find)).Select(static fault => fault.ToString())];
        var h100 = DeviceCatalogue.Find("H100").MemoryBytes.Value;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Faults(0, "A10"), Is.Empty);
            Assert.That(Faults(TemplateBytes, "H100"), Is.Empty);
            Assert.That(Faults(TemplateBytes - 1, "H100"), Is.EqualTo(new[]
            {
                $"fleet.host.deviceCacheBytes: found {TemplateBytes - 1}; allowed: 0, or at least the {TemplateBytes} bytes of one template of test at 8 steps. Give devices room for a template, or none, or take fewer steps; or let them keep \"chosen-blocks\" (fleet.host.deviceCache).",
            }));
            Assert.That(Faults(h100, "H100", "H100"), Is.EqualTo(new[]
            {
                $"fleet.host.deviceCacheBytes: found {h100:0}; allowed: up to the {h100 - 60e9:0} bytes that the weights of test leave of an H100's memory. Use less, or a device with more memory.",
            }));
        }
    }

    private static TimeSpan Denoising(RequestRecord record) => record.DenoisedAt!.Value - record.StartedAt!.Value;

    // One request after the other.
    private static SimulationResult Alone(int[] sequence, int templates, int steps = Steps) =>
        Simulation(Of(sequence, steps), templates, new PolicyOptions { MaxBatchSize = 1, Pipeline = StrawmanPipeline.Name }).Run();

    private static Request[] Of(int[] sequence, int steps) =>
    [
        .. sequence.Select((template, number) => new Request
        {
            Id = new RequestId(number),
            ArrivesAt = Instant.FromSeconds(20.0 * number),
            Template = new TemplateId(template),
            Mask = EditMask.FromTokens(TestWorkload.Grid, [.. Enumerable.Range(0, 40)]),
            Steps = steps,
            Prompt = "",
            Seed = number,
        }),
    ];

    private static Simulation Simulation(Request[] requests, int templates, PolicyOptions policies, int workers = 1) => TestWorkload.Simulation(requests, workers, policies) with
    {
        TemplateSteps = requests[0].Steps,
        Fleet = SimulatedFleet.Of(TestWorkload.Device, Costs, workers) with
        {
            Host = new HostOptions { DeviceCacheBytes = templates * TestWorkload.Model.TemplateCacheBytes(requests[0].Steps) },
        },
    };
}
