using System.Diagnostics;
using System.Diagnostics.Metrics;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Masking;
using SimServe.Policies;
using SimServe.Policies.Batching;
using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Routing;
using SimServe.Policies.Serving;

namespace SimServe.GpuBackend.Tests.Devices;

/// <summary>The serving loop over real CPU workers of a tiny model.</summary>
public sealed class RealRunTests
{
    private const int Requests = 12;

    private static readonly EditTemplate[] Templates =
    [
        new(Small.Noise(64, 64, 1), "a quiet harbour", 21),
        new(Small.Noise(64, 64, 2), "an orchard in spring", 22),
    ];

    private static IEnumerable<string> ReusePipelines() => PolicyCatalogue.Pipelines.Where(static name => name != FullPipeline.Name);

    [TestCaseSource(nameof(ReusePipelines))]
    public void An_image_depends_neither_on_the_batch_nor_on_the_reuse_pipeline(string pipeline)
    {
        // A slow link, so that some blocks are recomputed (Algorithm 1 does so only on a very slow one), and arrivals close together,
        // so that batches mix.
        var loadsPerBlock = pipeline == GreedyPipeline.Name ? 4 : 1.5;
        var (result, images) = Serve(pipeline, Workload(spacingSeconds: 0.004), batch: 4, loadsPerBlock);
        var alone = Serve(StrawmanPipeline.Name, Workload(spacingSeconds: 0.2), batch: 1, loadsPerBlock: 1.5).Images;

        Assert.That(result.Records.Where(static record => record.Outcome == RequestOutcome.Failed).Select(static record => record.Failure), Is.Empty);
        foreach (var (id, image) in images)
        {
            Assert.That(Small.LargestLevels(image, alone[id]), Is.LessThanOrEqualTo(1), $"{id} under {pipeline}");
        }

        if (pipeline is OptimalPipeline.Name or GreedyPipeline.Name)
        {
            var modes = result.Segments.SelectMany(static segment => segment.Plan.Modes).ToArray();
            Assert.That(modes, Does.Contain(BlockMode.Recomputed).And.Contain(BlockMode.Cached), "the test means to mix modes");
        }
    }

    [Test]
    public void Every_request_is_served_and_moves_the_bytes_its_plans_promise()
    {
        var (result, images) = Serve(OptimalPipeline.Name, Workload(spacingSeconds: 0.01), batch: 3, loadsPerBlock: 0.5);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(images, Has.Count.EqualTo(Requests));
            Assert.That(result.Segments.Sum(static segment => segment.Steps * segment.BatchSize), Is.EqualTo(Requests * Small.Steps));
            foreach (var segment in result.Segments)
            {
                Assert.That(segment.BytesLoaded, Is.EqualTo(segment.Plan.BytesPerStep * segment.Steps));
            }
        }
    }

    [Test]
    public void Monitoring_hears_of_every_step_batch_and_byte()
    {
        var (gate, steps, bytes, batches, activities) = (new Lock(), 0, 0L, 0, 0L);
        using var meters = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == DeviceTelemetry.Name)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        meters.SetMeasurementEventCallback<double>((instrument, value, _, _) =>
        {
            lock (gate)
            {
                (steps, batches) = (steps + (instrument.Name == "simserve.step.duration" ? 1 : 0), batches + (instrument.Name == "simserve.batch.duration" ? 1 : 0));
            }
        });
        meters.SetMeasurementEventCallback<long>((instrument, value, _, _) => Interlocked.Add(ref bytes, instrument.Name == "simserve.cache.loaded" ? value : 0));
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == DeviceTelemetry.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => Interlocked.Add(ref activities, (int)activity.GetTagItem("simserve.steps")!),
        };
        ActivitySource.AddActivityListener(listener);
        meters.Start();
        var (result, _) = Serve(OptimalPipeline.Name, Workload(spacingSeconds: 0.01), batch: 3, loadsPerBlock: 0.5);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(steps, Is.EqualTo(result.Segments.Sum(static segment => segment.Steps)));
            Assert.That(batches, Is.EqualTo(result.Segments.Count));
            Assert.That(bytes, Is.EqualTo(result.Segments.Sum(static segment => segment.BytesLoaded)));
            Assert.That(activities, Is.EqualTo(steps));
        }
    }

    [Test]
    public void A_template_in_the_devices_own_memory_loads_nothing_and_changes_no_image()
    {
        var requests = Workload(spacingSeconds: 0.03);
        var (plain, images) = Serve(StrawmanPipeline.Name, requests, batch: 1, loadsPerBlock: 0.5);
        var (kept, same) = Serve(StrawmanPipeline.Name, requests, batch: 1, loadsPerBlock: 0.5, deviceTemplates: 1);
        var resident = kept.Segments.Where(static segment => segment.Plan.Resident.Members > 0).ToArray();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(resident, Has.Length.GreaterThan(Requests / 2), "a worker of two meets one template of two");
            Assert.That(resident.Select(static segment => segment.BytesLoaded), Has.All.Zero);
            Assert.That(kept.Segments.Select(static segment => segment.BytesLoaded), Is.EqualTo(kept.Segments.Select(static segment => segment.Plan.BytesPerStep * segment.Steps)));
            Assert.That(kept.Segments.Sum(static segment => segment.BytesLoaded), Is.LessThan(plain.Segments.Sum(static segment => segment.BytesLoaded) / 2));
            foreach (var (id, image) in images)
            {
                Assert.That(same[id].Pixels.SequenceEqual(image.Pixels), $"{id}, bit for bit");
            }
        }
    }

    [Test]
    public void A_device_that_keeps_some_blocks_loads_the_others_and_changes_no_image()
    {
        var requests = Workload(spacingSeconds: 0.03);
        var (plain, images) = Serve(StrawmanPipeline.Name, requests, batch: 1, loadsPerBlock: 0.5);
        var (kept, same) = Serve(StrawmanPipeline.Name, requests, batch: 1, loadsPerBlock: 0.5, deviceTemplates: 1, kept: [false, true, false, true, false]);
        var resident = kept.Segments.Where(static segment => segment.Plan.Resident.Members > 0).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(resident, Has.Length.GreaterThan(Requests / 2));
            Assert.That(resident.Select(static segment => segment.BytesLoaded), Has.All.Positive);
            Assert.That(kept.Segments.Select(static segment => segment.BytesLoaded), Is.EqualTo(kept.Segments.Select(static segment => segment.Plan.BytesPerStep * segment.Steps)), "planners reckon with it");
            Assert.That(kept.Segments.Sum(static segment => segment.BytesLoaded), Is.LessThan(0.8 * plain.Segments.Sum(static segment => segment.BytesLoaded)));
            foreach (var (id, image) in images)
            {
                Assert.That(same[id].Pixels.SequenceEqual(image.Pixels), $"{id}, bit for bit");
            }
        }
    }

    [Test]
    public void Full_inference_loads_nothing()
    {
        var (result, _) = Serve(FullPipeline.Name, Workload(spacingSeconds: 0.01), batch: 3, loadsPerBlock: 1);
        Assert.That(result.Segments.Sum(static segment => segment.BytesLoaded), Is.Zero);
    }

    [Test]
    public void Cold_templates_are_recorded_and_give_the_same_images_as_warm_ones()
    {
        var warm = Serve(OptimalPipeline.Name, Workload(spacingSeconds: 0.02), batch: 2, loadsPerBlock: 0.5).Images;
        var cold = Serve(OptimalPipeline.Name, Workload(spacingSeconds: 0.02), batch: 2, loadsPerBlock: 0.5, warmTemplates: false).Images;
        foreach (var (id, image) in warm)
        {
            Assert.That(Small.LargestLevels(image, cold[id]), Is.LessThanOrEqualTo(1));
        }
    }

    [Test]
    public void A_worker_that_fails_fails_its_batch_and_the_others_are_served()
    {
        var (result, images) = Serve(
            OptimalPipeline.Name, Workload(spacingSeconds: 0.03), batch: 2, loadsPerBlock: 0.5, faults: [new LostWorker(Instant.FromSeconds(0.15), 1)]);
        var failed = result.Records.Where(static record => record.Outcome == RequestOutcome.Failed).ToArray();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(failed, Is.All.Matches<RequestRecord>(static record => record!.Failure!.Contains("cpu:1", StringComparison.Ordinal)));
            Assert.That(images, Has.Count.EqualTo(Requests - failed.Length));
            Assert.That(result.Faults.Select(static fault => fault.Device), Is.EqualTo(new[] { "cpu:1" }));
            Assert.That(result.Records[^1].Worker, Is.EqualTo(new WorkerId(0)));
        }
    }

    [Test]
    public void A_request_that_cannot_be_served_fails_alone([Values] bool warmTemplates)
    {
        var requests = Workload(spacingSeconds: 0.01);
        requests[3] = requests[3] with { Mask = EditMask.Everything(new TokenGrid(4, 4, 8)) };
        requests[5] = requests[5] with { Steps = Small.Steps + 1 };
        var (result, _) = Serve(OptimalPipeline.Name, requests, batch: 2, loadsPerBlock: 0.5, warmTemplates);

        Assert.That(result.Faults, Is.Empty);
        Assert.That(result.Records[3].Failure, Does.Contain("mask").And.Contain("r3"));
        Assert.That(result.Records[5].Failure, Does.Contain("steps").And.Contain("r5"));
        Assert.That(result.Records.Count(static record => record.Outcome == RequestOutcome.Completed), Is.EqualTo(Requests - 2));
    }

    [Test]
    public void Static_batching_waits_for_company_and_serves_the_last_request_too([Values(0, 5, 40)] int patienceMs)
    {
        var (result, images) = Serve(
            OptimalPipeline.Name,
            Workload(spacingSeconds: 0.015),
            batch: 3,
            loadsPerBlock: 0.5,
            batching: () => new StaticBatching(new StaticBatchingOptions { MaxBatchSize = 3, MaxWait = TimeSpan.FromMilliseconds(patienceMs) }));

        Assert.That(images, Has.Count.EqualTo(Requests));
        Assert.That(result.Segments.Select(static segment => segment.BatchSize), Has.All.LessThanOrEqualTo(3));
    }

    [Test]
    public void Preparing_and_decoding_between_steps_interrupts_batches_and_changes_no_image()
    {
        // Close enough that somebody is in a batch whenever another comes, however quick the machine is.
        var beside = Serve(OptimalPipeline.Name, Workload(spacingSeconds: 0.0005), batch: 3, loadsPerBlock: 0.5);
        var between = Serve(
            OptimalPipeline.Name,
            Workload(spacingSeconds: 0.0005),
            batch: 3,
            loadsPerBlock: 0.5,
            batching: static () => new NaiveContinuousBatching(new ContinuousBatchingOptions { MaxBatchSize = 3 }));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(between.Images, Has.Count.EqualTo(Requests));
            Assert.That(between.Serving.Records.Sum(static record => record.Interruptions), Is.GreaterThan(0));
            Assert.That(beside.Serving.Records.Sum(static record => record.Interruptions), Is.Zero);
            foreach (var (id, image) in between.Images)
            {
                Assert.That(Small.LargestLevels(image, beside.Images[id]), Is.LessThanOrEqualTo(1), $"{id}");
            }
        }
    }

    [Test]
    public void Between_steps_means_on_the_thread_that_denoises()
    {
        using var loop = new WallClockLoop();
        using var templates = Recorded();
        using var device = Run(templates, 2e7).CreateDevices(loop)[0];
        using var release = new ManualResetEventSlim();
        var request = Workload(spacingSeconds: 0.01)[0];
        var places = loop.Run(() => Places(device, request, release), CancellationToken.None);
        Assert.That(places, Is.EqualTo(new[] { PrePostPlace.Beside, PrePostPlace.BetweenSteps }), "whoever prepares beside the batch does not wait for the thread that denoises");
    }

    // Who is done while the compute thread is held up, and who when it is let go.
    private static async Pending<PrePostPlace[]> Places(TorchDevice device, Request request, ManualResetEventSlim release)
    {
        device.OnCompute(release.Wait);
        var between = device.Encode(request, 0, PrePostPlace.BetweenSteps);
        await device.Encode(request with { Id = new RequestId(99) }, 0, PrePostPlace.Beside);
        var first = between.IsCompleted ? PrePostPlace.BetweenSteps : PrePostPlace.Beside;
        release.Set();
        await between;
        return [first, PrePostPlace.BetweenSteps];
    }

    [Test]
    public void A_copy_never_outruns_the_link()
    {
        const double Bandwidth = 2e6;
        using var loop = new WallClockLoop();
        using var templates = Recorded();
        using var device = Run(templates, Bandwidth).CreateDevices(loop)[0];
        using var edit = Small.Edit(Small.Harbour, Small.RandomMask(1, 0.2));
        var plan = new StepPlan(
            [new StepMember(default, default, edit.MaskedTokens, 0, Small.Steps)],
            new PlannedStep(Small.All(BlockMode.Cached), StepTimeline.Unlimited, default, 0));
        using var rows = device.WorkFor([edit], plan);
        var trace = device.RunStep([edit], rows, plan.Modes);
        var bytes = trace.Loads.Sum(static load => load.Bytes);

        Assert.That(bytes, Is.EqualTo((Small.Config.Transformer.Blocks - 1) * edit.UnmaskedTokens * Small.Config.Transformer.Width * sizeof(float)));
        Assert.That(trace.TotalSeconds, Is.GreaterThanOrEqualTo(bytes / Bandwidth));
        Assert.That(trace.WaitSeconds, Is.GreaterThan(0));
    }

    private static Request[] Workload(double spacingSeconds) => [.. Enumerable.Range(0, Requests).Select(i => new Request
    {
        Id = new RequestId(i),
        ArrivesAt = Instant.FromSeconds(0.02 + (i * spacingSeconds)),
        Template = new TemplateId(i % Templates.Length),
        Mask = Small.RandomMask(i, 0.1 + (0.04 * i)),
        Steps = Small.Steps,
        Prompt = $"edit number {i}",
        Seed = 100 + i,
    })];

    private static (ServingResult Serving, IReadOnlyDictionary<RequestId, RgbImage> Images) Serve(
        string pipeline,
        Request[] requests,
        int batch,
        double loadsPerBlock,
        bool warmTemplates = true,
        IReadOnlyList<Fault>? faults = null,
        Func<IBatchingPolicy>? batching = null,
        int deviceTemplates = 0,
        bool[]? kept = null)
    {
        const double Bandwidth = 2e7;
        using var templates = warmTemplates ? Recorded() : new TemplateStore(Templates);
        var run = Run(templates, Bandwidth) with { Faults = faults ?? [], DeviceTemplateBytes = deviceTemplates * Small.Harbour.Bytes, KeptBlocks = kept };
        var shape = Small.Config.ToShape() with { KeptBlocks = kept };
        var costs = new StatedCosts(TimeSpan.FromSeconds(shape.Blocks[0].ImageTokens * shape.Blocks[0].Width * sizeof(float) / Bandwidth / loadsPerBlock));
        var planners = Enumerable.Range(0, run.Workers).Select(_ => new StepPlanner(shape, costs, PolicyCatalogue.CreatePipeline(pipeline))).ToArray();
        var setup = new ServingSetup
        {
            Routing = new RoundRobin(),
            Batching = [.. planners.Select(_ => batching?.Invoke() ?? new ContinuousBatching(new ContinuousBatchingOptions { MaxBatchSize = batch }))],
            Planners = planners,
        };
        var result = run.Serve(setup, requests, null, CancellationToken.None);
        return (result.Serving, result.Images);
    }

    private static RealRun Run(TemplateStore templates, double bandwidth) => new()
    {
        Model = Small.Model,
        Templates = templates,
        Device = new DeviceSpec { Name = "cpu", PeakFlopsPerSecond = 1e10, LinkBytesPerSecond = bandwidth },
        Workers = 2,
        Steps = Small.Steps,
    };

    private static TemplateStore Recorded()
    {
        var store = new TemplateStore(Templates);
        for (var i = 0; i < Templates.Length; i++)
        {
            store.Add(new TemplateId(i), new TemplateRecorder(Small.Model).Record(Templates[i], Small.Steps));
        }

        return store;
    }

    // A masked block takes the stated time, a plain one twice that; loads follow the link.
    private sealed class StatedCosts(TimeSpan block) : ICostModel
    {
        private const double Bandwidth = 2e7;

        public TimeSpan Encode => TimeSpan.FromMilliseconds(1);

        public TimeSpan Decode => TimeSpan.FromMilliseconds(1);

        public TimeSpan Compute(BlockKind kind, in Work work) => block * work.Members * (work.Rows >= (70 * work.Members) ? 2 : 1);

        public TimeSpan Load(long bytes) => Duration.FromSeconds(bytes / Bandwidth);

        public TimeSpan StepOverhead(int members) => TimeSpan.FromMilliseconds(1);

        public TimeSpan Record(int steps) => TimeSpan.FromMilliseconds(20);
    }
}
