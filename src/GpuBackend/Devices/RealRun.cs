using SimServe.GpuBackend.AddOns;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Masking;
using SimServe.Policies;
using SimServe.Policies.Caches;
using SimServe.Policies.Serving;

namespace SimServe.GpuBackend.Devices;

/// <summary>A run on real workers, of the processor or of CUDA devices: the same serving loop, in wall-clock time.</summary>
public sealed record RealRun
{
    /// <summary>The model, where the first worker computes; the processor's workers share it.</summary>
    public required ServedModel Model { get; init; }

    /// <summary>The same model on other CUDA devices, in order; see <see cref="ServedModels"/>. Workers take the devices in turn.</summary>
    /// <value>None.</value>
    public IReadOnlyList<ServedModel> OtherModels { get; init; } = [];

    /// <summary>The machine's templates.</summary>
    public required TemplateStore Templates { get; init; }

    /// <summary>What is known of the workers' kind.</summary>
    public required DeviceSpec Device { get; init; }

    /// <summary>Workers, at least 1.</summary>
    public required int Workers { get; init; }

    /// <summary>Makes every worker a pair of devices with one guidance branch each: least time of every step in which they exchange predictions, 0 or more.</summary>
    /// <value><c>null</c>: a worker is one device.</value>
    public TimeSpan? BranchExchange { get; init; }

    /// <summary>What policies and cost models know of the model as one device of a worker computes it.</summary>
    /// <exception cref="NotSupportedException">Workers are pairs, and the model has one branch only.</exception>
    public ModelShape Shape => BranchExchange is null ? Model.Config.ToShape() : Model.Config.ToShape().OneBranch();

    /// <summary>Denoising steps of templates and requests.</summary>
    public required int Steps { get; init; }

    /// <summary>What goes wrong on purpose.</summary>
    /// <value>Nothing does.</value>
    public IReadOnlyList<Fault> Faults { get; init; } = [];

    /// <summary>Cache hosts that the machine's templates stand for, at least 1: a lost one loses the templates of its number.</summary>
    /// <value>1.</value>
    public int CacheHosts { get; init; } = 1;

    /// <summary>Each worker's own memory for templates' rows, bytes; 0: none.</summary>
    public long DeviceTemplateBytes { get; init; }

    /// <summary>For every block whether its rows are kept in that memory, see <see cref="ModelShape.KeptBlocks"/>.</summary>
    /// <value><c>null</c>: all of them.</value>
    public IReadOnlyList<bool>? KeptBlocks { get; init; }

    /// <summary>Which templates leave that memory first: one of <see cref="EvictionPolicies.Names"/>.</summary>
    /// <value><c>lru</c>.</value>
    public string Eviction { get; init; } = LeastRecentlyUsedEviction.PolicyName;

    /// <summary>The add-ons.</summary>
    /// <value><c>null</c>: requests with adapters are refused.</value>
    public RealAddOns? AddOns { get; init; }

    /// <summary>Receives all that the loop learns, for a replay.</summary>
    /// <value><c>null</c>: nothing is recorded.</value>
    public RunRecording? Recording { get; init; }

    /// <summary>Hears where the time of every step went, on the devices' threads.</summary>
    /// <value><c>null</c>: nobody does.</value>
    public Action<StepPlan, StepTrace>? Traced { get; init; }

    /// <summary>Puts itself between every batch and its rows, see <see cref="TorchDeviceOptions.Rows"/>.</summary>
    internal Func<IReadOnlyList<EditState>, IStreamedRows, IStreamedRows>? Rows { get; init; }

    /// <summary>The workers' name, e.g. <c>cpu:0</c>, <c>cuda:1</c>, <c>cuda:0/1</c> for the second worker of a CUDA device that several share, or <c>cuda:0+1</c> for a pair.</summary>
    /// <param name="worker">The worker's number.</param>
    public string NameOf(int worker)
    {
        var first = worker * DevicesPerWorker;
        var pair = BranchExchange is null ? string.Empty : $"+{(first + 1) % Models}";
        return !IsCuda ? $"{Device.Name}:{worker}"
            : Workers * DevicesPerWorker <= Models ? $"cuda:{first}{pair}"
            : $"cuda:{first % Models}{pair}/{first / Models}";
    }

    /// <summary>Serves requests as they arrive, until every one has ended.</summary>
    /// <param name="setup">The policies.</param>
    /// <param name="requests">In order of arrival.</param>
    /// <param name="observer">Watches the run, or <c>null</c>.</param>
    /// <param name="cancellation">Ends the run early.</param>
    /// <returns>All that happened, and the delivered images.</returns>
    /// <exception cref="OperationCanceledException">The run was ended early.</exception>
    public RealRunResult Serve(
        ServingSetup setup, IReadOnlyList<Request> requests, IRunObserver? observer, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(setup);
        using var loop = new WallClockLoop();
        var floor = new StepFloorMeter();
        var services = CreateControlNets(loop);
        var devices = (this with { Traced = Watched(floor) }).CreateDevices(loop, new LatentCheckpoints(setup.Recovery.CheckpointSteps), services);
        try
        {
            var (collector, before) = (new RunCollector(), Templates.Counts);
            var observers = observer is null ? (IRunObserver)collector : new RunObservers(collector, observer);
            var end = loop.Run(
                () =>
                {
                    LoseTemplates(loop);
                    return ServingLoop.Create(setup with { Notices = Fault.Notices(Faults) }, loop, devices, observers, Recording, services).Run(new ListedRequests(requests));
                },
                cancellation);
            return new RealRunResult(collector.Close(end), devices.SelectMany(static device => device.Images).ToDictionary(), floor.Close()) { Caches = devices.Aggregate(Templates.Counts.Since(before), static (sum, device) => sum.Plus(device.Counts)) };
        }
        finally
        {
            // Workers may wait for answers.
            Array.ForEach(devices, static device => device.Dispose());
            Array.ForEach(services, static service => service.Dispose());
        }
    }

    private Action<StepPlan, StepTrace> Watched(StepFloorMeter floor) => (plan, trace) =>
    {
        floor.Add(trace);
        Traced?.Invoke(plan, trace);
    };

    private int Models => 1 + OtherModels.Count;

    private int DevicesPerWorker => BranchExchange is null ? 1 : 2;

    private bool IsCuda => Model.Device.type == TorchSharp.DeviceType.CUDA;

    private void LoseTemplates(WallClockLoop loop)
    {
        foreach (var fault in Faults.OfType<LostCacheHost>())
        {
            _ = Lose(loop, fault);
        }
    }

    private async Pending Lose(WallClockLoop loop, LostCacheHost fault)
    {
        await loop.Until(fault.At);
        Templates.Lose(template => template.Value % CacheHosts == fault.Host);
    }

    /// <summary>Creates the workers.</summary>
    /// <param name="loop">The loop that will call them.</param>
    /// <param name="checkpoints">Where they keep latents for each other, or <c>null</c> to keep none.</param>
    public TorchDevice[] CreateDevices(WallClockLoop loop, LatentCheckpoints? checkpoints = null) => CreateDevices(loop, checkpoints, []);

    private TorchDevice[] CreateDevices(WallClockLoop loop, LatentCheckpoints? checkpoints, IReadOnlyList<TorchControlNets> services) => [.. Enumerable.Range(0, Workers).Select(worker => new TorchDevice(
        new TorchDeviceOptions
        {
            Name = NameOf(worker),
            Spec = Device,
            Steps = Steps,
            Faults = DeviceFaults.Of(Faults, worker),
            Checkpoints = checkpoints ?? LatentCheckpoints.None,
            TemplateBytes = DeviceTemplateBytes,
            KeptBlocks = KeptBlocks,
            Eviction = Eviction,
            Partner = PartnerOf(worker, loop),
            Traced = Traced,
            Rows = Rows,
            AddOns = AddOns is null ? null : new DeviceAddOns
            {
                Loras = AddOns.Loras,
                LoraBytes = AddOns.LoraBytes,
                ControlNets = AddOns.ControlNets,
                ControlNetBytes = AddOns.ControlNetBytes,
                Services = services,
            },
        },
        ModelOf(worker * DevicesPerWorker),
        Templates,
        loop))];

    // On the next CUDA device, where there is one.
    private PartnerOptions? PartnerOf(int worker, WallClockLoop loop)
    {
        if (BranchExchange is not { } exchange)
        {
            return null;
        }

        var model = ModelOf((worker * DevicesPerWorker) + 1);
        return new PartnerOptions(model, TorchDevice.StreamsOf(Device, DeviceFaults.Of(Faults, worker), model, loop), exchange);
    }

    // On CUDA devices in turn, from the last on: workers begin with the first.
    private TorchControlNets[] CreateControlNets(WallClockLoop loop) => AddOns is not { } addOns ? [] : [.. RealAddOns.Names(addOns.ControlNetDevices).Select((name, number) =>
    {
        var model = ModelOf((Models * (number + 1)) - 1 - number);
        return new TorchControlNets(
            new ControlNetServiceOptions
            {
                Name = name,
                CapacityBytes = addOns.ControlNetBytes,
                BytesPerSecond = addOns.BytesPerSecond,
                Latency = addOns.Latency,
                MaxBatch = addOns.MaxBatch,
                Branches = model.Config.ToShape().Branches,
                IsLost = () => Faults.OfType<LostControlNetDevice>().Any(fault => fault.Device == number && loop.Now >= fault.At),
            },
            addOns.ControlNets,
            model.Device,
            TorchDevice.StreamsOf(Device, DeviceFaults.None, model, loop),
            addOns.Costs,
            loop);
    })];

    private ServedModel ModelOf(int number) => number % Models is var device && device > 0 ? OtherModels[device - 1] : Model;
}

/// <summary>A finished run on real workers.</summary>
/// <param name="Serving">All that happened.</param>
/// <param name="Images">Delivered images by request.</param>
/// <param name="Floor">What steps took against the least they could take, or <c>null</c> when none was taken.</param>
public sealed record RealRunResult(ServingResult Serving, IReadOnlyDictionary<RequestId, RgbImage> Images, StepFloor? Floor)
{
    /// <summary>What happened to templates' caches.</summary>
    public required TemplateCacheUse Caches { get; init; }
}
