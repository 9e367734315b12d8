using SimServe.GpuBackend.AddOns;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Profiling;
using SimServe.GpuBackend.Tests.ModelFiles;
using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Profiles;
using SimServe.Policies.Serving;

namespace SimServe.GpuBackend.Tests.AddOns;

/// <summary>Workers of two devices with one guidance branch each, against workers of one device.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class RealBranchTests : IDisposable
{
    private static readonly BranchPair AtOnce = new();
    private static readonly AddOnOptions Serial = new();
    private static readonly AddOnOptions Shared = new() { ControlNets = SharedControlNets.Name };
    private static readonly AdapterSet Net = new([0], []);
    private static readonly AdapterSet Nets = new([0, 1], []);

    private readonly TemporaryFolder _files = new();
    private readonly AddOnFolder _served;
    private readonly ServedModel _elsewhere;

    public RealBranchTests()
    {
        var (folder, loras) = (GoldenAddOnModel.Assemble(_files, "sd15"), GoldenAddOnModel.Loras("sd15"));
        _served = new AddOnFolder(
            folder,
            [new LoraSource(loras[0]), new LoraSource(loras[^1], 0.6)],
            [new ControlNetSource(GoldenAddOnModel.ControlNet(_files, "controlnet_sd15")), new ControlNetSource(GoldenAddOnModel.ControlNet(_files, "controlnet_multi_sd15"), 0.5)]);

        // Weights of its own, as another GPU would have.
        _elsewhere = ServedFolder.Open(ServedFolder.Read(folder), 0);
    }

    private static IEnumerable<TestCaseData> AddOns()
    {
        AdapterSet[] sets = [AdapterSet.None, new([], [0]), new([], [1]), new([], [0, 1])];
        AdapterSet[] both = [Net, new([1], [0]), new([], [1]), AdapterSet.None];
        (string Name, AddOnOptions Options, AdapterSet[] Sets, int Devices)[] cases =
        [
            ("ControlNets on the worker", Serial, [Net, Nets, AdapterSet.None], 0),
            ("ControlNets on devices", Shared, [Net, Nets, AdapterSet.None], 2),
            ("merged LoRAs", Serial, sets, 0),
            ("late LoRAs", new AddOnOptions { Loras = BoundedAsynchronousLoras.Name }, sets, 0),
            ("LoRAs beside the weights", new AddOnOptions { Loras = UnmergedLoras.Name }, sets, 0),
            ("both", Shared with { Loras = BoundedAsynchronousLoras.Name }, both, 1),
        ];
        foreach (var (name, options, adapters, devices) in cases)
        {
            yield return new TestCaseData(options, adapters, devices).SetArgDisplayNames(name);
        }
    }

    public void Dispose()
    {
        _elsewhere.Dispose();
        _served.Dispose();
        _files.Remove();
    }

    [Test]
    public void Edits_are_those_of_one_device_whatever_is_masked_and_whoever_shares_the_batch([Values] bool isMasked, [Values(1, 3)] int batch)
    {
        Request[] requests = [.. Enumerable.Range(0, 6).Select(number => Edit(number, isMasked))];
        var (alone, shared) = (_served.Serve(Serial, requests, batch: batch), _served.Serve(Serial, requests, batch: batch, pair: AtOnce));
        using (Assert.EnterMultipleScope())
        {
            AssertEqual(shared, alone, requests);
            Assert.That(shared.Serving.Segments.Max(static segment => segment.BatchSize), Is.EqualTo(batch), "the test means to batch");
            Assert.That(
                shared.Serving.Segments.Sum(static segment => segment.BytesLoaded), Is.EqualTo(alone.Serving.Segments.Sum(static segment => segment.BytesLoaded) / 2), "each device loads its own branch");
            Assert.That(shared.Serving.Segments.Sum(static segment => segment.BytesLoaded), isMasked ? Is.GreaterThan(0) : Is.Zero);
        }
    }

    [TestCaseSource(nameof(AddOns))]
    public void Add_ons_act_on_both_branches(AddOnOptions options, AdapterSet[] sets, int devices)
    {
        Request[] requests = [.. Enumerable.Range(0, 8).Select(number => Edit(number, isMasked: number % 2 == 0) with { Adapters = sets[number % sets.Length] })];
        var alone = _served.Serve(options, requests, devices);
        foreach (var pair in new[] { AtOnce, AtOnce with { Other = _elsewhere } })
        {
            AssertEqual(_served.Serve(options, requests, devices, pair: pair), alone, requests);
        }
    }

    // Whose residuals are late depends on when batches change: of one request alone it does not.
    [Test]
    public void Residuals_may_be_a_step_late_in_each_branch()
    {
        var (request, late) = (Edit(0, isMasked: true) with { Adapters = Nets }, Shared with { ControlMode = ControlMode.OneStepStale });
        var (alone, inTime) = (_served.Serve(late, [request], devices: 2), _served.Serve(Shared, [request], devices: 2));
        using (Assert.EnterMultipleScope())
        {
            AssertEqual(_served.Serve(late, [request], devices: 2, pair: AtOnce), alone, [request]);
            Assert.That(Small.LargestLevels(alone.Images[request.Id], inTime.Images[request.Id]), Is.GreaterThan(1), "being late matters");
        }
    }

    [Test]
    public void An_exchange_takes_at_least_the_time_that_is_asked_for()
    {
        var exchange = TimeSpan.FromMilliseconds(30);
        var run = _served.Serve(Serial, [Edit(0, isMasked: true)], pair: AtOnce with { Exchange = exchange });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Images, Has.Count.EqualTo(1));
            foreach (var segment in run.Serving.Segments)
            {
                Assert.That(segment.End - segment.Start, Is.GreaterThanOrEqualTo(segment.Steps * exchange));
            }
        }
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_partner_or_a_worker_that_fails_in_a_step_fails_the_pair(bool partner)
    {
        var run = _served.Serve(Serial, [Edit(0, isMasked: true)], pair: AtOnce with
        {
            Rows = (_, rows) => Thread.CurrentThread.Name!.Contains("partner", StringComparison.Ordinal) == partner ? new FailingRows(rows, after: 2) : rows,
        });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Serving.Records.Select(static record => record.Outcome), Is.EqualTo(new[] { RequestOutcome.Failed }));
            Assert.That(run.Serving.Faults.Select(static fault => fault.Reason), Is.EqualTo(new[] { partner ? $"cpu:0 partner failed: {FailingRows.Reason}" : FailingRows.Reason }));
            Assert.That(run.Serving.Segments.Sum(static segment => segment.Steps), Is.EqualTo(2), "the step that failed is not counted");
        }
    }

    [Test]
    public void A_pair_that_fails_leaves_others_well()
    {
        Request[] requests = [.. Enumerable.Range(0, 6).Select(number => Edit(number, isMasked: true))];
        var alone = _served.Serve(Serial, requests);
        var run = _served.Serve(Serial, requests, workers: 2, pair: AtOnce with
        {
            Rows = static (_, rows) => Thread.CurrentThread.Name == "cpu:0 partner compute" ? new FailingRows(rows, after: 1) : rows,
        });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Serving.Faults.Select(static fault => fault.Device), Is.EqualTo(new[] { "cpu:0" }));
            Assert.That(run.Images, Is.Not.Empty);
            foreach (var (id, image) in run.Images)
            {
                Assert.That(Small.LargestLevels(image, alone.Images[id]), Is.LessThanOrEqualTo(1), $"{id}");
            }
        }
    }

    [TestCase(ControlNetRecovery.Elsewhere)]
    [TestCase(ControlNetRecovery.Local)]
    public void A_lost_device_for_controlnets_leaves_the_pair_well(ControlNetRecovery recovery)
    {
        Request[] requests = [.. Enumerable.Range(0, 12).Select(number => Edit(number, isMasked: false) with { Adapters = Net })];
        var alone = _served.Serve(Serial, requests);
        var run = _served.Serve(
            Shared with { ControlNetRecovery = recovery }, requests, devices: 2, faults: [new LostControlNetDevice(Instant.FromSeconds(0.05), 0), new LostControlNetDevice(Instant.FromSeconds(0.05), 1)], pair: AtOnce);
        using (Assert.EnterMultipleScope())
        {
            AssertEqual(run, alone, requests);
            Assert.That(run.Serving.Faults, Is.Empty);
        }
    }

    [Test]
    public void A_model_with_one_branch_is_refused_before_a_thread_starts()
    {
        using var loop = new WallClockLoop();
        using var templates = new TemplateStore([]);
        var run = new RealRun
        {
            Model = Small.Model,
            Templates = templates,
            Device = new DeviceSpec { Name = "cpu", PeakFlopsPerSecond = 1e10, LinkBytesPerSecond = 1e9 },
            Workers = 1,
            BranchExchange = TimeSpan.Zero,
            Steps = Small.Steps,
        };
        Assert.That(() => run.CreateDevices(loop), Throws.InstanceOf<NotSupportedException>().With.Message.EqualTo("flux-test has 1 branch: there is nothing to share between two devices."));
    }

    [Test]
    public void A_partner_whose_threads_cannot_begin_says_so_when_it_is_asked()
    {
        using var loop = new WallClockLoop();
        using var templates = new TemplateStore([_served.Template]);
        using var device = new TorchDevice(
            new TorchDeviceOptions
            {
                Name = "cpu:0",
                Spec = new DeviceSpec { Name = "cpu", PeakFlopsPerSecond = 1e10, LinkBytesPerSecond = 1e9 },
                Steps = AddOnFolder.Steps,
                Partner = new PartnerOptions(_elsewhere, new UnreadyStreams(), TimeSpan.Zero),
            },
            _elsewhere,
            templates,
            loop);
        using var recording = _elsewhere.Record(_served.Template, AddOnFolder.Steps);
        using var edit = _elsewhere.Begin(recording, Edit(0, isMasked: true));
        Assert.That(
            () => device.WorkFor([edit], new StepPlan([], new PlannedStep([.. Enumerable.Repeat(BlockMode.Cached, _elsewhere.Rows.Blocks)], 0, default, 0))),
            Throws.InstanceOf<DeviceFailedException>().With.Message.EqualTo($"cpu:0 partner failed: {UnreadyStreams.Reason}"));
    }

    [Test]
    public void A_profile_of_pairs_has_the_times_of_one_branch()
    {
        using var loop = new WallClockLoop();
        using var model = ServedFolder.Open(_elsewhere.Config, 0);
        using var templates = new TemplateStore([_served.Template]);
        templates.Add(default, model.Record(_served.Template, AddOnFolder.Steps));
        var run = new RealRun
        {
            Model = model,
            Templates = templates,
            Device = new DeviceSpec { Name = "cpu", PeakFlopsPerSecond = 1e10, LinkBytesPerSecond = 1e9 },
            Workers = 1,
            BranchExchange = TimeSpan.Zero,
            Steps = AddOnFolder.Steps,
        };
        var devices = run.CreateDevices(loop);
        var profiler = new DeviceProfiler(model, templates, maxBatchSize: 2);
        profiler.Recorded(AddOnFolder.Steps, 0.01);
        var profile = profiler.Measure(devices, seconds: 0.2, progress: null, CancellationToken.None);
        Array.ForEach(devices, static device => device.Dispose());
        var members = profile.Samples.Where(static sample => sample.Term == ProfileTerm.Block(BlockKind.Convolution)).Select(static sample => sample.Work.Members).Distinct();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(members, Is.EquivalentTo(new[] { 1, 2 }), "one forward pass for each request");
            Assert.That(profile.ModelSizes, Is.EqualTo(model.Config.ToShape().Sizes), "it speaks of the whole model");
        }
    }

    private static void AssertEqual(RealRunResult run, RealRunResult expected, IReadOnlyList<Request> requests)
    {
        Assert.That(run.Serving.Records.Select(static record => record.Failure), Has.All.Null);
        foreach (var request in requests)
        {
            Assert.That(Small.LargestLevels(run.Images[request.Id], expected.Images[request.Id]), Is.LessThanOrEqualTo(1), $"{request.Id}");
        }
    }

    // Of everything, or of a corner that grows with the number.
    private Request Edit(int number, bool isMasked)
    {
        var request = _served.Request(number, AdapterSet.None);
        var grid = request.Mask.Grid;
        return !isMasked ? request : request with
        {
            Mask = EditMask.FromTokens(grid, [.. Enumerable.Range(0, grid.Count).Where(token => (token / grid.Columns) + (token % grid.Columns) < 3 + number)]),
        };
    }
}
