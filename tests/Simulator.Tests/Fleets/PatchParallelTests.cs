using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Costs;
using SimServe.Policies.Serving;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Replays;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Tests.Devices;
using SimServe.Simulator.Tests.Scenarios;

namespace SimServe.Simulator.Tests.Fleets;

/// <summary>Workers whose devices compute a patch each. On one device a step takes 16 ms for each image and a ControlNet 8; on four, of which each loses a twentieth, 4.8.</summary>
public sealed class PatchParallelTests
{
    private const int Steps = 10;

    // Of the keys and values of two blocks of 256 tokens, 4 bytes each, that three of four devices have.
    private const double ExchangedBytes = 2 * 256 * 2 * 4 * 0.75;

    private static readonly BlockWork Eight = new(new Work(1, 0, 0, 8, 0), default, default);

    private static readonly ModelShape Model = TestWorkload.Model with
    {
        Blocks = [new BlockShape(BlockKind.DoubleStream, 1, 256, 0, Eight), new BlockShape(BlockKind.SingleStream, 1, 256, 0, Eight)],
        ControlNet = new ControlNetSizes { Blocks = [new BlockShape(BlockKind.Convolution, 1, 256, 0, Eight)], DecoderFrom = 1, LatentBytes = 1, ResidualBytes = 1 },
    };

    private static readonly PatchParallelism Four = new() { Devices = 4, WarmupSteps = 3, LossShare = 0.05 };

    [Test]
    public void A_step_takes_a_devices_share_and_what_is_lost() => Assert.That(Denoising(Four), Is.EqualTo(10 * 4.8).Within(1e-3));

    [Test]
    public void What_is_exchanged_while_others_compute_costs_the_first_steps_only() =>
        Assert.That(Denoising(Four with { BytesPerSecond = ExchangedBytes / 0.002 }), Is.EqualTo((3 * (4.8 + 2)) + (7 * 4.8)).Within(1e-3));

    [Test]
    public void What_takes_longer_than_the_computation_is_waited_for_in_every_step() =>
        Assert.That(Denoising(Four with { BytesPerSecond = ExchangedBytes / 0.006 }), Is.EqualTo((3 * (4.8 + 6)) + (7 * 6)).Within(1e-3));

    [Test]
    public void ControlNets_are_not_divided() =>
        Assert.That(Denoising(Four, new AdapterSet([1], [])), Is.EqualTo(10 * (4.8 + 8)).Within(1e-3));

    [Test]
    public void With_nothing_lost_and_nothing_to_wait_for_devices_share_the_step_equally()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Denoising(new PatchParallelism { Devices = 2, LossShare = 0 }), Is.EqualTo(80).Within(1e-3));
            Assert.That(Denoising(new PatchParallelism { Devices = 8, LossShare = 0 }), Is.EqualTo(20).Within(1e-3));
        }
    }

    [Test]
    public void A_request_that_joins_makes_the_batch_wait_for_its_first_steps()
    {
        var patches = Four with { BytesPerSecond = ExchangedBytes / 0.002 };
        var run = Simulation(patches, [Request(0, 0), Request(1, 30)]).Run().Serving;
        int[] sizes = [.. run.Segments.Select(static segment => segment.BatchSize)], steps = [.. run.Segments.Select(static segment => segment.Steps)];
        double[] perStep = [.. run.Segments.Select(static segment => (segment.End - segment.Start).TotalMilliseconds / segment.Steps)];
        using (Assert.EnterMultipleScope())
        {
            // Three first steps until 20.4 ms, two more until 30; who arrives at a boundary joins at the next one.
            Assert.That(sizes, Is.EqualTo(new[] { 1, 1, 2, 2, 1 }));
            Assert.That(steps, Is.EqualTo(new[] { 3, 3, 3, 1, 6 }));
            Assert.That(perStep, Is.EqualTo(new[] { 6.8, 4.8, 13.6, 9.6, 4.8 }).Within(1e-3));
        }
    }

    [Test]
    public void A_run_is_the_same_every_time_with_steps_coalesced_or_not_and_replays()
    {
        Request[] requests = [.. Enumerable.Range(0, 80).Select(static id => Request(id, id * 41))];
        var simulation = Simulation(Four with { BytesPerSecond = ExchangedBytes / 0.006 }, requests);
        var (recording, digest) = (new RunRecording(), new RunDigest(new RunDigestOptions { GpusPerWorker = 4 }));
        var first = (simulation with { Recording = recording }).Run(digest).Serving;
        var setup = PolicyCatalogue.CreateSetup(simulation.Policies, simulation.Model, [simulation.Fleet.Workers[0].Costs]);
        var replay = RunReplay.Compare(setup, requests, recording, first, [(simulation.Fleet.Workers[0].Name, simulation.Fleet.Workers[0].Device)]);
        var summary = digest.Complete(first.EndedAt);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(TestWorkload.Trace(simulation.Run().Serving), Is.EqualTo(TestWorkload.Trace(first)));
            Assert.That(TestWorkload.Trace((simulation with { CoalesceSteps = false }).Run().Serving), Is.EqualTo(TestWorkload.Trace(first)));
            Assert.That((replay.Share, replay.Divergence), Is.EqualTo((1.0, (string?)null)));
            Assert.That(summary.Verdict.Failures, Is.Empty);
            Assert.That(summary.Rates.GpuHours, Is.EqualTo(4 * summary.Workers[0].OnSeconds / 3600).Within(1e-12), "every device of a worker counts");
            Assert.That(summary.Rates.BusyGpuSecondsPerImage, Is.EqualTo(4 * summary.Workers[0].BusySeconds / 80).Within(1e-9));
        }
    }

    [Test]
    public void A_scenario_asks_for_it_and_a_real_run_refuses_it()
    {
        var (scenario, faults) = ScenarioText.Read(ScenarioText.Small, """fleet.patchParallel={"devices":4,"bytesPerSecond":3e11}""", "fleet.branchExchangeSeconds=0.001");
        var folder = Directory.CreateTempSubdirectory("simserve-patches");
        try
        {
            var file = Path.Combine(folder.FullName, "small.json");
            File.WriteAllText(file, ScenarioText.Small.Replace("template.png", "small.json", StringComparison.Ordinal));
            var refused = new List<InputFault>();
            new ScenarioReader(["flux-nano"]).Read(file, ["""fleet.patchParallel={"devices":4}"""], refused);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(faults, Is.Empty);
                Assert.That(scenario.Fleet.PatchParallel, Is.EqualTo(new PatchParallelism { Devices = 4, WarmupSteps = 5, BytesPerSecond = 3e11, LossShare = 0.039 }));
                Assert.That(scenario.Fleet.DevicesPerWorker, Is.EqualTo(8), "four for each guidance branch");
                Assert.That(refused.Select(static fault => fault.ToString()), Is.EqualTo(new[]
                {
                    "fleet.patchParallel: found workers of several devices; allowed: workers of one device. Remove it: it is for simulations.",
                }));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static double Denoising(PatchParallelism patches, AdapterSet? adapters = null)
    {
        var record = Simulation(patches, [Request(0, 0) with { Adapters = adapters ?? AdapterSet.None }]).Run().Serving.Records[0];
        return (record.DenoisedAt!.Value - record.StartedAt!.Value).TotalMilliseconds;
    }

    private static Simulation Simulation(PatchParallelism patches, Request[] requests) => new()
    {
        Model = Model,
        Fleet = SimulatedFleet.Of(TestWorkload.Device, new PatchParallelCosts(new MillisecondCosts(), Model, patches), 1) with { Patches = patches },
        Policies = new PolicyOptions { Pipeline = "full", Routing = "round-robin", MaxBatchSize = 4 },
        Requests = requests,
    };

    private static Request Request(int id, double milliseconds) => new()
    {
        Id = new RequestId(id),
        ArrivesAt = Instant.FromSeconds(milliseconds / 1000),
        Template = new TemplateId(0),
        Mask = EditMask.FromTokens(TestWorkload.Grid, [.. Enumerable.Range(0, 256)]),
        Steps = Steps,
        Prompt = "",
        Seed = id,
    };

    // An operation takes a millisecond.
    private sealed class MillisecondCosts : ICostModel
    {
        public TimeSpan Encode => TimeSpan.Zero;

        public TimeSpan Decode => TimeSpan.Zero;

        public TimeSpan Compute(BlockKind kind, in Work work) => TimeSpan.FromMilliseconds(work.LinearFlops);

        public TimeSpan Load(long bytes) => TimeSpan.Zero;

        public TimeSpan StepOverhead(int members) => TimeSpan.Zero;

        public TimeSpan Record(int steps) => TimeSpan.Zero;
    }
}
