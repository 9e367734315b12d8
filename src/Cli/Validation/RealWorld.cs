using SimServe.Cli.Profiling;
using SimServe.Cli.RealRuns;
using SimServe.Cli.Simulations;
using SimServe.GpuBackend.AddOns;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Native;
using SimServe.GpuBackend.Profiling;
using SimServe.Policies;
using SimServe.Policies.Caches;
using SimServe.Policies.Costs;
using SimServe.Policies.Profiles;
using SimServe.Policies.Serving;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Replays;
using SimServe.Simulator.Scenarios;

namespace SimServe.Cli.Validation;

/// <summary>The model, the templates and the workers of a scenario on this machine.</summary>
internal sealed class RealWorld : IDisposable
{
    // Of every model that is measured or serves here.
    public const long WeightsSeed = 1;

    // Of the time for a profile, what goes on top to ControlNets.
    private const double ControlNetShare = 0.5;

    private readonly ScenarioFiles _files;
    private readonly DeviceProfile? _given;
    private readonly ServedModels _models;
    private readonly RealCaches _caches;
    private FittedCostModel? _costs;

    // Given: a profile that was measured before, or null to measure one. Folder: where recordings' files lie and stay, or null for none but temporary ones.
    public RealWorld(ScenarioFiles files, DeviceProfile? given, string? folder = null)
    {
        (_files, _given, Torch, Shape) = (files, given, LibTorch.Load(), files.Model.ToShape());
        var device = TorchNames.Device(files.Serving.Device);
        _models = new ServedModels(files.Model, WeightsSeed, device, Size);
        _caches = new RealCaches(files.Templates, _models.First, Scenario, folder);
        Run = new RealRun
        {
            Model = _models.First,
            OtherModels = _models.Others,
            Templates = _caches.Measured,
            Device = given?.Device ?? DeviceProbe.Spec(device, files.Model.Type, Scenario.Fleet.LinkBytesPerSecond),
            Workers = Scenario.Fleet.Workers,
            BranchExchange = Scenario.Fleet.BranchExchange,
            Steps = Scenario.Steps,
            Faults = Scenario.Faults,
            CacheHosts = Math.Max(1, Scenario.Fleet.Host.CacheHosts),
        };
        Adapters = Scenario.Fleet.Adapters;
    }

    public LibTorchInfo Torch { get; }

    // Once prepared as a device of a worker computes it, with the blocks that devices keep.
    public ModelShape Shape { get; private set; }

    // The run, but for its templates: serving gives it a store.
    public RealRun Run { get; }

    // What there was to say of recordings' files.
    public IReadOnlyList<string> CacheMessages => _caches.Messages;

    private Scenario Scenario => _files.Scenario;

    private int ControlNetDevices => Scenario.Fleet.ControlNets?.Devices ?? 0;

    private int LargestBatch => Math.Max(Scenario.Policies.MaxBatchSize, Scenario.Baseline.MaxBatchSize);

    private ServingSize Size => new()
    {
        Workers = Scenario.Fleet.Workers,
        DevicesPerWorker = Scenario.Fleet.DevicesPerWorker,
        BatchSize = LargestBatch,
        Templates = _files.Templates.Count,
        Steps = Scenario.Steps,
        TemplateMemoryBytes = Scenario.Fleet.Host.MemoryBytes + (Scenario.Fleet.Workers * Scenario.Fleet.Host.DeviceCacheBytes),
        DeviceTemplateBytes = Scenario.Fleet.Host.DeviceCacheBytes,
    };

    // Measures the workers without the scenario's faults.
    // Devices that run ControlNets occupy cores as workers do, or as halves of them where workers are pairs. What an exchange takes at the least is known, and added to what is measured.
    public DeviceCalibration Calibration => new(Run with { Faults = [], BranchExchange = Run.BranchExchange is null ? null : TimeSpan.Zero }, _files.Templates[0], LargestBatch)
    {
        OthersBusy = (int)Math.Ceiling((double)ControlNetDevices / Scenario.Fleet.DevicesPerWorker),
    };

    // What adapters cost here, measured; those of the scenario where there are none.
    public AdapterOptions Adapters { get; private set; }

    // The machines as a simulation sees them.
    public SimulatedFleet Fleet(DeviceProfile profile, ICostModel costs) => SimulatedFleet.Of(profile, Served(costs), Scenario.Fleet.Workers) with
    {
        Host = Scenario.Fleet.Host,
        Adapters = Adapters,
        ControlNets = new ControlNetFleet
        {
            Devices = [.. RealAddOns.Names(ControlNetDevices).Select(name => new ControlNetDevice(name, profile.Device, costs))],
            BytesPerSecond = Scenario.Fleet.ControlNets?.BytesPerSecond,
            Latency = Scenario.Fleet.ControlNets?.Latency ?? TimeSpan.Zero,
            MaxBatch = Scenario.Fleet.ControlNets?.MaxBatch ?? 1,
            Branches = Scenario.Fleet.BranchExchange is null ? null : 2,
        },
    };

    // A worker's times, of those of its devices.
    public ICostModel Served(ICostModel costs) => Scenario.Fleet.BranchExchange is { } exchange && exchange > TimeSpan.Zero ? new AssembledCosts(costs, exchange) : costs;

    // Records the templates, and says what planners and routers believe of the workers.
    public DeviceProfile Prepare(IValidationProgress progress, CancellationToken cancellation)
    {
        if (_given is not null)
        {
            Calibration.Record(progress, cancellation);
        }

        var profile = _given ?? Calibration.Measure(Scenario.ProfileSeconds, progress, cancellation);
        if (Scenario.Fleet.WarmTemplates)
        {
            _caches.Warm(() => new DeviceCalibration(Run with { Faults = [], Templates = _caches.Recorded }, _files.Templates[0], LargestBatch).Record(progress, cancellation));
        }

        if (!Scenario.AddOns.IsEmpty)
        {
            profile = _given is null && Scenario.AddOns.ControlNets.Count > 0 ? WithControlNets(profile, progress, cancellation) : profile;
            Adapters = progress.Show("measuring the LoRAs", report => AdapterCosts.Measure(_models.First, Scenario, ControlNets, report));
        }

        var kept = KeptBlocks.Chosen(Scenario, Shape, () => new FittedCostModel(profile, Shape), _files.EditMasks);
        Shape = Scenario.Fleet.BranchExchange is null ? kept : kept.OneBranch();
        _costs = new FittedCostModel(profile, Shape);
        return profile;
    }

    private DeviceProfile WithControlNets(DeviceProfile profile, IValidationProgress progress, CancellationToken cancellation) => progress.Show("measuring the ControlNets", report =>
    {
        using var none = new LoraLibrary([]);
        var factor = Calibration.ControlFactor(profile, AddOnsOf(none)! with { ControlNetDevices = 0 }, Scenario.ProfileSeconds * ControlNetShare, cancellation);
        report(1);
        return profile with { ControlFactor = factor };
    });

    public ServingSetup Setup(PolicyOptions policies, ICostModel costs) =>
        PolicyCatalogue.CreateSetup(policies, Shape, [.. Enumerable.Repeat(Served(costs), Scenario.Fleet.Workers)]);

    public RealRunResult Serve(PolicyOptions policies, ICostModel costs, IReadOnlyList<Request> requests, IRunObserver observer, CancellationToken cancellation) =>
        Serve(Run, Scenario.Fleet, Setup(policies, costs), requests, observer, cancellation);

    // A run that starts cold, or whose memory has a bound, gets a store of its own.
    public RealRunResult Serve(RealRun run, FleetOptions fleet, ServingSetup setup, IReadOnlyList<Request> requests, IRunObserver? observer, CancellationToken cancellation)
    {
        var store = _caches.StoreFor(fleet);
        using var loras = new LoraLibrary(
            [.. Scenario.AddOns.Loras.Select(static lora => new LoraSource(lora.Path, lora.Scale))],
            new LoraLibraryOptions { HostBytes = fleet.Adapters.HostBytes, Eviction = fleet.Adapters.Eviction, BytesPerSecond = fleet.Adapters.BytesPerSecond });
        try
        {
            return (run with { AddOns = AddOnsOf(loras), Templates = store, DeviceTemplateBytes = fleet.Host.DeviceCacheBytes, KeptBlocks = Shape.KeptBlocks, Eviction = fleet.Host.Eviction }).Serve(setup, requests, observer, cancellation);
        }
        finally
        {
            _caches.Close(store);
        }
    }

    private ControlNetLibrary ControlNets =>
        new([.. Scenario.AddOns.ControlNets.Select(static net => new ControlNetSource(net.Path, net.Scale))], _files.Model) { BytesPerSecond = Scenario.Fleet.Adapters.BytesPerSecond };

    // Requests of a scenario without files of add-ons are refused where they ask for any.
    private RealAddOns? AddOnsOf(LoraLibrary loras) => Scenario.AddOns.IsEmpty ? null : new RealAddOns
    {
        Loras = loras,
        ControlNets = ControlNets,
        LoraBytes = Scenario.Fleet.Adapters.LoraDeviceBytes,
        ControlNetBytes = Scenario.Fleet.Adapters.DeviceBytes,
        ControlNetDevices = ControlNetDevices,
        BytesPerSecond = Scenario.Fleet.ControlNets?.BytesPerSecond,
        Latency = Scenario.Fleet.ControlNets?.Latency ?? TimeSpan.Zero,
        MaxBatch = Scenario.Fleet.ControlNets?.MaxBatch ?? 1,
        Costs = _costs,
    };

    // What happened to templates' caches in a run, or null where nothing happens to them.
    public TemplateCacheUse? CachesOf(RealRunResult result) => _caches.AreTold(Scenario.Fleet) ? result.Caches : null;

    // The edit by its masked tokens alone.
    public ShownImage Crop(Request request)
    {
        var clock = new WallClock();
        var begun = clock.Now;
        var image = _models.First.Crop(_files.Templates[request.Template.Value], Scenario.Steps, request);
        return new ShownImage(image, (clock.Now - begun).TotalSeconds);
    }

    // How far the loop in virtual time decides what it decided in a real run, with the times of that run; the policies must be new.
    public ReplayAgreement Replay(Scenario scenario, ServingSetup setup, IReadOnlyList<Request> requests, RunRecording recording, ServingResult served, IRunObserver? observer = null) => RunReplay.Compare(
        setup with { Notices = Fault.Notices(scenario.Faults) },
        requests,
        recording,
        served,
        [.. Enumerable.Range(0, scenario.Fleet.Workers).Select(worker => (Run.NameOf(worker), Run.Device))],
        observer,
        RealAddOns.Names(ControlNetDevices));

    public void Dispose()
    {
        _caches.Dispose();
        _models.Dispose();
    }
}
