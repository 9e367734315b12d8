using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Masking;
using SimServe.Policies;
using SimServe.Policies.Batching;
using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Recovery;
using SimServe.Policies.Routing;
using SimServe.Policies.Serving;

namespace SimServe.GpuBackend.Tests.Devices;

/// <summary>An edit that goes on from a checkpoint on another worker ends as one that was never interrupted, bit for bit.</summary>
public sealed class CheckpointTests
{
    private static readonly EditTemplate[] Templates = [new(Small.Noise(64, 64, 1), "a quiet harbour", 21)];

    [Test]
    public void Going_on_elsewhere_gives_the_same_image_bit_for_bit([Range(1, Small.Steps - 1)] int fromStep, [Values(BlockMode.Cached, BlockMode.Plain)] BlockMode mode)
    {
        using var loop = new WallClockLoop();
        using var templates = Recorded();
        var checkpoints = new LatentCheckpoints(fromStep);
        var devices = Run(templates).CreateDevices(loop, checkpoints);
        var request = Edits(1)[0];
        var (kept, whole, resumed) = loop.Run(
            async () =>
            {
                await devices[0].Encode(request, 0);
                await Denoise(devices[0], request, 0, fromStep, mode);
                var kept = checkpoints.Find(request.Id, fromStep);

                // What the first device still has must not matter: the second has only what lies in the store.
                devices[0].Dispose();
                await Deliver(devices[1], request, fromStep, mode);
                await Deliver(devices[2], request with { Id = new RequestId(77) }, 0, mode);
                return (kept, devices[2].Images[new RequestId(77)], devices[1].Images[request.Id]);
            },
            CancellationToken.None);
        Array.ForEach(devices[1..], static device => device.Dispose());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(kept?.Step, Is.EqualTo(fromStep));
            Assert.That(resumed.Pixels.ToArray(), Is.EqualTo(whole.Pixels.ToArray()));
            Assert.That(checkpoints.Count, Is.Zero, "a delivered request needs no checkpoint");
        }
    }

    [Test]
    public void A_request_without_a_checkpoint_is_refused_and_the_device_lives_on()
    {
        using var loop = new WallClockLoop();
        using var templates = Recorded();
        var devices = Run(templates).CreateDevices(loop, new LatentCheckpoints(1));
        var (request, other) = (Edits(2)[0], Edits(2)[1]);
        var (refused, encoded) = loop.Run(
            async () => (await devices[0].Encode(request, 2), await devices[0].Encode(other, 0)), CancellationToken.None);
        Array.ForEach(devices, static device => device.Dispose());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(refused.Refusal, Does.Contain("step 2").And.Contain("no checkpoint"));
            Assert.That((encoded.Refusal, encoded.Fault), Is.EqualTo(((string?)null, (string?)null)));
        }
    }

    [Test]
    public void Requests_of_a_lost_worker_are_delivered_by_the_others_bit_for_bit([Values(1, 2)] int checkpointSteps)
    {
        // The lost worker takes so long for a step that it is on one whenever it is lost.
        var edits = Edits(6);
        var faults = new Fault[] { new SlowWorker(Instant.Start, 1, TimeSpan.FromHours(1), 60), new LostWorker(Instant.FromSeconds(0.4), 1) };
        var interrupted = Serve(edits, new ResumeFromCheckpoint(3, checkpointSteps), faults);
        var whole = Serve(edits, new FailWithDevice(), []);
        var records = interrupted.Serving.Records;
        var steps = interrupted.Serving.Segments.Sum(static segment => segment.Steps * segment.BatchSize);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(records.Select(static record => (record.Outcome, record.Failure)), Is.All.EqualTo((RequestOutcome.Completed, (string?)null)));
            Assert.That(records.Count(static record => record.Attempts == 2), Is.GreaterThan(0));
            // A worker that is lost between the last step, after which no checkpoint is kept, and the decoding loses as many as lie between two checkpoints.
            Assert.That(records.Select(static record => record.LostSteps), Is.All.LessThanOrEqualTo(checkpointSteps));
            Assert.That(steps, Is.EqualTo((edits.Length * Small.Steps) + records.Sum(static record => record.LostSteps)));
            foreach (var (id, image) in whole.Images)
            {
                Assert.That(interrupted.Images[id].Pixels.ToArray(), Is.EqualTo(image.Pixels.ToArray()), $"{id}");
            }
        }
    }

    [TestCase(0, 3, ExpectedResult = false)]
    [TestCase(2, 0, ExpectedResult = false)]
    [TestCase(2, 2, ExpectedResult = true)]
    [TestCase(2, 3, ExpectedResult = false)]
    [TestCase(2, 4, ExpectedResult = true)]
    [TestCase(2, 8, ExpectedResult = false)]
    public bool A_checkpoint_is_due_every_few_steps_but_not_after_the_last(int everySteps, int step) => new LatentCheckpoints(everySteps).IsDue(step, 8);

    [Test]
    public void Latents_of_another_mask_are_refused() => Assert.That(
        () => new FluxEdit(Small.Model, Small.Harbour, Edits(1)[0], 1, new float[3]),
        Throws.ArgumentException.With.Message.Contains("Found 3 latents"));

    private static async Task Deliver(TorchDevice device, Request request, int fromStep, BlockMode mode)
    {
        Assert.That((await device.Encode(request, fromStep)).Refusal, Is.Null);
        await Denoise(device, request, fromStep, Small.Steps - fromStep, mode);
        Assert.That((await device.Decode(request)).Fault, Is.Null);
    }

    private static async Task Denoise(TorchDevice device, Request request, int fromStep, int steps, BlockMode mode)
    {
        var member = new StepMember(request.Id, request.Template, request.Mask.MaskedTokens, fromStep, Small.Steps);
        var report = await device.Denoise(new StepPlan([member], new PlannedStep(Small.All(mode), StepTimeline.Unlimited, default, 0)), steps, new StepBoundary());
        Assert.That((report.Steps, report.Fault), Is.EqualTo((steps, (string?)null)));
    }

    private static RealRunResult Serve(Request[] edits, IRecoveryPolicy recovery, Fault[] faults)
    {
        using var templates = Recorded();
        var run = Run(templates) with { Workers = 2, Faults = faults };
        var setup = new ServingSetup
        {
            Routing = new RoundRobin(),
            Batching = [.. Enumerable.Range(0, 2).Select(static _ => new ContinuousBatching(new ContinuousBatchingOptions { MaxBatchSize = 1 }))],
            Planners = [.. Enumerable.Range(0, 2).Select(static _ => new StepPlanner(Small.Config.ToShape(), new AnyCosts(), new FullPipeline()))],
            Recovery = recovery,
        };
        return run.Serve(setup, edits, null, CancellationToken.None);
    }

    private static Request[] Edits(int count) => [.. Enumerable.Range(0, count).Select(static number => new Request
    {
        Id = new RequestId(number),
        ArrivesAt = Instant.FromSeconds(0.001 * number),
        Template = default,
        Mask = Small.RandomMask(number, 0.3),
        Steps = Small.Steps,
        Prompt = $"edit number {number}",
        Seed = 100 + number,
    })];

    private static RealRun Run(TemplateStore templates) => new()
    {
        Model = Small.Model,
        Templates = templates,
        Device = new DeviceSpec { Name = "cpu", PeakFlopsPerSecond = 1e10, LinkBytesPerSecond = 1e9 },
        Workers = 3,
        Steps = Small.Steps,
    };

    private static TemplateStore Recorded()
    {
        var store = new TemplateStore(Templates);
        store.Add(default, new TemplateRecorder(Small.Model).Record(Templates[0], Small.Steps));
        return store;
    }
}
