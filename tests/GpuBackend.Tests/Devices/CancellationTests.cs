using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Masking;
using SimServe.Policies;
using SimServe.Policies.Batching;
using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Recovery;
using SimServe.Policies.Routing;
using SimServe.Policies.Serving;

namespace SimServe.GpuBackend.Tests.Devices;

/// <summary>Users give up while real workers serve: nothing of theirs is kept, and nobody else's image changes.</summary>
public sealed class CancellationTests
{
    private const int Requests = 24;

    private static readonly EditTemplate[] Templates =
    [
        new(Small.Noise(64, 64, 1), "a quiet harbour", 21),
        new(Small.Noise(64, 64, 2), "an orchard in spring", 22),
    ];

    private static readonly Func<IBatchingPolicy>[] Batchings =
    [
        static () => new ContinuousBatching(new ContinuousBatchingOptions { MaxBatchSize = 3 }),
        static () => new NaiveContinuousBatching(new ContinuousBatchingOptions { MaxBatchSize = 3 }),
        static () => new StaticBatching(new StaticBatchingOptions { MaxBatchSize = 3, MaxWait = TimeSpan.FromMilliseconds(5) }),
    ];

    [Test]
    public void Nothing_is_left_of_cancelled_edits_and_the_others_images_do_not_change([Range(0, 2)] int batching)
    {
        using var templates = Recorded();
        var patient = Serve(templates, Workload(), batching);
        Request[] impatient = [.. Workload().Select(static (request, number) => number % 2 == 0 || number == Requests - 1
            ? request
            : request with { CancelsAt = request.ArrivesAt + TimeSpan.FromMilliseconds(1 + (4 * (number % 12))) })];
        var run = Serve(templates, impatient, batching);
        var cancelled = run.Records.Where(static record => record.Outcome == RequestOutcome.Cancelled).ToArray();
        TestContext.Out.WriteLine($"{cancelled.Length} cancelled, {cancelled.Count(static record => record.StartedAt is not null)} of them in a batch, {cancelled.Count(static record => record.ReadyAt is null)} in preparation");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Records.Select(static record => record.Request.Id.Value), Is.EqualTo(Enumerable.Range(0, Requests)));
            Assert.That(run.Records.Select(static record => record.Outcome), Has.All.EqualTo(RequestOutcome.Completed).Or.EqualTo(RequestOutcome.Cancelled));
            Assert.That(cancelled, Has.Length.GreaterThan(3));
            Assert.That(run.Images.Keys.Intersect(cancelled.Select(static record => record.Request.Id)), Is.Empty);
            Assert.That(run.Images, Has.Count.EqualTo(Requests - cancelled.Length));
            Assert.That((patient.TensorsLeft, run.TensorsLeft, run.CheckpointsLeft), Is.EqualTo((0, 0, 0)), "devices that are still there hold nothing");
            foreach (var (id, image) in run.Images)
            {
                Assert.That(Small.LargestLevels(image, patient.Images[id]), Is.LessThanOrEqualTo(1), $"{id}");
            }
        }
    }

    [Test]
    public void Where_its_template_was_recorded_for_it_alone_the_next_one_uses_that()
    {
        using var templates = new TemplateStore(Templates);
        Request[] requests = [Workload()[0] with { CancelsAt = Workload()[0].ArrivesAt + TimeSpan.FromMilliseconds(2) }, Workload()[2] with { ArrivesAt = Instant.FromSeconds(1.5) }];
        var run = Serve(templates, requests, batching: 0);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Records.Select(static record => record.Outcome), Is.EqualTo(new[] { RequestOutcome.Cancelled, RequestOutcome.Completed }));
            Assert.That(templates.Counts.Recordings, Is.LessThanOrEqualTo(2), "one that began before it was cancelled is kept");
        }
    }

    [Test]
    public void A_device_keeps_no_edit_no_use_of_a_template_and_no_checkpoint_of_a_request_that_it_forgets([Values(0, 1, 3)] int steps)
    {
        using var loop = new WallClockLoop();
        using var templates = Recorded();
        var checkpoints = new LatentCheckpoints(1);
        using var device = Run(templates).CreateDevices(loop, checkpoints)[0];
        var (before, during, after) = loop.Run(() => Measure(device, checkpoints, steps), CancellationToken.None);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(during, Is.GreaterThan(before), "an edit has tensors of its own");
            Assert.That((after, checkpoints.Count), Is.EqualTo((before, 0)));
        }
    }

    // The first edit of the same kind is delivered: what is made once is there before anything is counted.
    private static async Pending<(long Before, long During, long After)> Measure(TorchDevice device, LatentCheckpoints checkpoints, int steps)
    {
        var (first, second) = (Workload()[0], Workload()[2]);
        await device.Encode(first, 0);
        await Denoise(device, first, Small.Steps);
        device.Release(first, isDenoised: true);
        await device.Decode(first);
        var before = LiveTensors.Settled();
        await device.Encode(second, 0);
        var during = LiveTensors.Count();
        if (steps > 0)
        {
            await Denoise(device, second, steps);
            Assert.That(checkpoints.Count, Is.EqualTo(1));
            device.Release(second, isDenoised: false);
        }

        device.Forget(second);
        return (before, during, LiveTensors.Count());
    }

    private static async Pending<DeviceReport> Denoise(TorchDevice device, Request request, int steps)
    {
        Assert.That(device.Lacks(request, out _), Is.False);
        var member = new StepMember(request.Id, request.Template, request.Mask.MaskedTokens, 0, Small.Steps);
        return await device.Denoise(new StepPlan([member], new PlannedStep(Small.All(BlockMode.Cached), StepTimeline.Unlimited, default, 0)), steps, new StepBoundary());
    }

    // Devices outlive the run: what they hold at its end is what they have not let go of.
    private static Served Serve(TemplateStore templates, Request[] requests, int batching)
    {
        using var loop = new WallClockLoop();
        var (collector, checkpoints, run) = (new RunCollector(), new LatentCheckpoints(1), Run(templates));
        var planners = Enumerable.Range(0, run.Workers).Select(static _ => new StepPlanner(Small.Config.ToShape(), new AnyCosts(), new StrawmanPipeline())).ToArray();
        var setup = new ServingSetup
        {
            Routing = new RoundRobin(),
            Batching = [.. planners.Select(_ => Batchings[batching]())],
            Planners = planners,
            Recovery = new ResumeFromCheckpoint(3, 1),
        };
        var devices = run.CreateDevices(loop, checkpoints);
        var before = LiveTensors.Settled();
        var end = loop.Run(() => new ServingLoop(setup, loop, devices, collector).Run(new ListedRequests(requests)), CancellationToken.None);
        var left = LiveTensors.Count() - before;
        var images = devices.SelectMany(static device => device.Images).ToDictionary();
        Array.ForEach(devices, static device => device.Dispose());
        Assert.That(end.Faults, Is.Empty);
        return new Served(collector.Close(end).Records, images, left, checkpoints.Count);
    }

    // A step takes long enough for users to give up in one. The last request comes when all others have ended.
    private static RealRun Run(TemplateStore templates) => new()
    {
        Model = Small.Model,
        Templates = templates,
        Device = new DeviceSpec { Name = "cpu", PeakFlopsPerSecond = 1e10, LinkBytesPerSecond = 1e9 },
        Workers = 2,
        Steps = Small.Steps,
        Faults = [new SlowWorker(Instant.Start, 0, TimeSpan.FromHours(1), 3), new SlowWorker(Instant.Start, 1, TimeSpan.FromHours(1), 3)],
    };

    private static Request[] Workload() => [.. Enumerable.Range(0, Requests).Select(static number => new Request
    {
        Id = new RequestId(number),
        ArrivesAt = Instant.FromSeconds(number < Requests - 1 ? 0.02 + (number * 0.005) : 1.5),
        Template = new TemplateId(number % Templates.Length),
        Mask = Small.RandomMask(number, 0.1 + (0.02 * number)),
        Steps = Small.Steps,
        Prompt = $"edit number {number}",
        Seed = 100 + number,
    })];

    private static TemplateStore Recorded()
    {
        var store = new TemplateStore(Templates);
        for (var number = 0; number < Templates.Length; number++)
        {
            store.Add(new TemplateId(number), new TemplateRecorder(Small.Model).Record(Templates[number], Small.Steps));
        }

        return store;
    }

    private sealed record Served(IReadOnlyList<RequestRecord> Records, Dictionary<RequestId, RgbImage> Images, long TensorsLeft, int CheckpointsLeft);
}
