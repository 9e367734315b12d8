using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Batching;
using SimServe.Simulator;
using SimServe.Simulator.Catalogue;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Metrics.WarmUps;
using SimServe.Simulator.Reproductions;
using SimServe.Simulator.Workloads;

namespace SimServe.Cli.Reproductions.SwiftDiffusion.Load;

/// <summary>Runs plans under loads: SDXL on H800 with the optimised backbone, both guidance branches on a GPU, one request at a time on each.</summary>
/// <param name="engine">Times of a request.</param>
/// <param name="constants">What others published.</param>
/// <param name="requests">Requests of a run, at least 5; the first fifth is not measured.</param>
internal sealed class LoadSimulator(KatzEngine engine, ConstantBook constants, int requests)
{
    private const int Seed = 1;
    private const int PerHost = 8;
    private const double WarmShare = 0.2;
    private const double MaxSlowDown = 3;

    // As many requests as this are always there for each GPU when the load is to be as much as can be served.
    private const int UsersPerGpu = 3;

    private readonly DeviceSpec _device = DeviceCatalogue.Find("H800").ToSpec();

    /// <summary>All numbers of one run.</summary>
    /// <param name="point">The plan and its load.</param>
    /// <param name="cancellation">Ends the run.</param>
    public RunSummary Run(LoadPoint point, CancellationToken cancellation)
    {
        var plan = point.Plan;
        var simulation = new Simulation
        {
            Model = engine.Model,
            Fleet = FleetOf(point),
            Policies = PoliciesOf(plan) with { Seed = Seed },
            TemplateSteps = engine.Steps,
        };
        var digest = new RunDigest(new RunDigestOptions
        {
            WarmUp = WarmUp.Share(WarmShare, requests),
            SliceLength = TimeSpan.FromSeconds(1),
            Alone = Alone,
            SloScale = MaxSlowDown,
            GpusBeside = plan.Devices,
        });
        var source = new WorkloadBuilder(WorkloadOf(point), engine.Model.Grid).Stream(Seed);
        return digest.Complete(simulation.Stream(source, digest, cancellation).End.At);
    }

    /// <summary>Latency of a request alone on a GPU that does everything and has its adapters at hand: objectives are three times that, whatever the plan.</summary>
    public TimeSpan Alone(in Request request) =>
        engine.Optimised.Encode + (request.Steps * (engine.Optimised.TwoPasses + (request.Adapters.ControlNets.Count * engine.Optimised.TwoControls)));

    private PolicyOptions PoliciesOf(LoadPlan plan) => new()
    {
        Batching = ContinuousBatching.Name,
        MaxBatchSize = 1,
        Pipeline = "full",
        Routing = plan.Routing,
        AddOns = new AddOnOptions { ControlNets = plan.ControlNets, Loras = plan.Loras, LoraBound = (int)constants["lora.boundPaper"] },
    };

    private SimulatedFleet FleetOf(LoadPoint point)
    {
        var plan = point.Plan;
        return SimulatedFleet.Of(_device, engine.Optimised, plan.Workers, PerHost) with
        {
            Host = new HostOptions { NetworkBytesPerSecond = plan.IsNear ? constants["remote.bytesPerSecond"] * PerHost : null },
            Adapters = AdaptersOf(point),
            ControlNets = new ControlNetFleet
            {
                Devices = [.. Enumerable.Range(0, plan.Devices).Select(device => new ControlNetDevice($"controlnet:{device}", _device, engine.Optimised, HostOf(plan, device)))],
                BytesPerSecond = constants["infiniband.bytesPerSecond"],
            },
        };
    }

    // Behind the workers' hosts.
    private static int HostOf(LoadPlan plan, int device) => ((plan.Workers + PerHost - 1) / PerHost) + (device / PerHost);

    private AdapterOptions AdaptersOf(LoadPoint point)
    {
        var fallback = new AdapterOptions();
        var kept = point.Plan.Devices > 0 ? constants["load.deviceControlNets"] : constants[$"load.workerControlNets.{point.Service}"];
        return fallback with
        {
            LoraBytes = (long)constants["lora.bytes"],
            DeviceBytes = (long)kept * fallback.ControlNetBytes,
            LoraDeviceBytes = (long)(constants["load.workerLoras"] * constants["lora.bytes"]),
            HostBytes = point.Plan.HostBytes,
            Patch = TimeSpan.FromSeconds(constants["lora.patchSeconds"]),
            Unpatch = TimeSpan.FromSeconds(constants["lora.restoreSeconds"]),
            RemoteLoads = point.Plan.IsNear ? AdapterOptions.ByNetwork : AdapterOptions.Measured,
        };
    }

    private WorkloadOptions WorkloadOf(LoadPoint point) => new()
    {
        Requests = requests,
        RequestsPerSecond = point.Rate ?? 1,
        Arrivals = point.Rate is { } rate ? Bursts(rate) : new PoissonPattern(),
        ClosedLoop = point.Rate is null ? new ClosedLoopOptions { Users = UsersPerGpu * LoadPlan.Gpus, ThinkSeconds = 0, ThinkDistribution = ThinkDistribution.Constant } : null,
        MaskRatios = "constant:1",
        MaskShapes = false,
        Steps = engine.Steps,
        Adapters = point.Service,
        AdapterNeighbourhoods = UsersPerGpu * LoadPlan.Gpus,
    };

    // The trace played faster: its bursts have as many requests as they had.
    private MarkovModulatedPattern Bursts(double rate) => new(
        [.. constants.Table("gentd26.multipliers").Zip(constants.Table("gentd26.sojourns"), (multiplier, sojourn) => new PatternState(multiplier, sojourn / rate))]);
}
