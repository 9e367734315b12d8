using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using SimServe.Cli.Planning;
using SimServe.Cli.Validation;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Models;
using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Profiles;
using SimServe.Policies.Serving;
using SimServe.Simulator;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Catalogue;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Metrics.Fleets;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Scenarios;

namespace SimServe.Cli.Simulations;

/// <summary>A scenario that is simulated: on a measured profile, or on pools of the catalogue's devices.</summary>
/// <remarks>Nothing in it changes: runs on several threads may use it at once.</remarks>
internal sealed class SimulatedScenario
{
    // One cost model for each device, model and time that every step takes besides, whoever asks: planners are found by it.
    private static readonly ConcurrentDictionary<(string Device, string Model, CacheFormat Cache, TimeSpan Assembly, TimeSpan? Exchange, PatchParallelism? Patches), (ICostModel Costs, CostProvenance Source)> Known = new();

    // Planners are found by the model too.
    private static readonly ConditionalWeakTable<ModelShape, ModelShape> OneBranches = [];

    private readonly IReadOnlyList<EditMask> _masks;
    private readonly DeviceProfile? _profile;
    private readonly SimulatedFleet? _pools;
    private readonly WorkerRates[] _rates;

    private SimulatedScenario(Scenario scenario, ModelShape model, IReadOnlyList<EditMask> masks, DeviceProfile? profile)
    {
        (Scenario, _masks, _profile) = (scenario, masks, profile);
        (_pools, _rates, Provenance) = profile is null ? OfPools(scenario, model) : (null, [], Describe(profile));
        var kept = KeptBlocks.Chosen(scenario, model, () => _pools?.Workers[0].Costs ?? new FittedCostModel(profile!, model), masks);
        Model = SplitModel(kept, scenario);
    }

    public Scenario Scenario { get; }

    public ModelShape Model { get; }

    /// <summary>What its times rest on, in words.</summary>
    public IReadOnlyList<string> Provenance { get; }

    /// <summary>Models that a simulated scenario may name: those that run here, and published ones.</summary>
    public static IReadOnlyList<string> Models { get; } = [.. ModelCatalogue.Names, .. PublishedModels.Names];

    /// <summary>Reads a scenario with all its faults.</summary>
    /// <param name="file">The scenario.</param>
    /// <param name="settings">Values in place of the file's.</param>
    /// <param name="profile">A measured profile, or <c>null</c> for pools of the catalogue's devices.</param>
    /// <exception cref="InvalidInputException">It has faults.</exception>
    public static SimulatedScenario Read(string file, IReadOnlyList<string> settings, string? profile)
    {
        ScenarioFiles.MustExist(file);
        var faults = new List<InputFault>();
        var scenario = new ScenarioReader(Models, DeviceCatalogue.Names).Read(file, settings, faults);
        var measured = ReadProfile(profile, scenario, faults);
        if (faults.Count > 0)
        {
            throw new InvalidInputException(file, faults);
        }

        if (!PublishedModels.Names.Contains(scenario.Model))
        {
            var files = ScenarioFiles.Of(scenario, file);
            var served = InTypeOf(measured, files.Model).ToShape();
            MustFit(file, scenario, served, measured);
            return new SimulatedScenario(scenario, served, files.EditMasks, measured);
        }

        var shape = Sized(PublishedShapes.Of(scenario.Model, scenario.Cache), measured, file);
        MustFit(file, scenario, shape, measured);
        return new SimulatedScenario(scenario, shape, ScenarioFiles.ReadMasks(scenario, shape.Grid, shape.Name, file), measured);
    }

    /// <summary>A run of it, without requests.</summary>
    /// <param name="policies">The policies.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="planners">Planners of earlier runs on this thread, or <c>null</c>.</param>
    /// <param name="fitted">The fitted cost model that notes what it is asked outside of its samples, or <c>null</c> without a profile.</param>
    public Simulation Simulation(PolicyOptions policies, long seed, PlannerPool? planners, out FittedCostModel? fitted)
    {
        // One for each run: it notes what it was asked, and runs may be simultaneous.
        fitted = _profile is null ? null : new FittedCostModel(_profile, Model);
        return new Simulation
        {
            Model = Model,
            Fleet = _pools ?? OfProfile(fitted!),
            Policies = policies with { Seed = seed },
            WarmTemplates = Scenario.Fleet.WarmTemplates,
            TemplateSteps = Scenario.Steps,
            Faults = Scenario.Faults,

            // A fitted model is another object in every run: its plans would never be found again.
            Planners = _profile is null ? planners : null,
        };
    }

    /// <summary>Its requests.</summary>
    /// <param name="seed">The run's seed.</param>
    public IRequestSource Source(int seed) => ScenarioWorkload.Stream(Scenario with { Seed = seed }, Model.Grid, _masks, seed, maskShapes: false);

    /// <summary>Price and power of a worker, or <c>null</c> where nobody stated them.</summary>
    public Func<WorkerId, WorkerRates>? Rates => _rates.Length == 0 ? null : worker => _rates[worker.Value];

    /// <summary>GPUs of each worker: several where it is made of several devices.</summary>
    public int GpusPerWorker => Scenario.Fleet.DevicesPerWorker;

    /// <summary>GPUs that run ControlNets for the workers.</summary>
    public int GpusBeside => Scenario.Fleet.ControlNets is { } options ? options.Devices * (options.SplitBranches ? 2 : 1) : 0;

    /// <summary>Price of the whole fleet, dollars per hour, or <c>null</c>.</summary>
    public double? DollarsPerHour => _rates.Length == 0 ? null : _rates.Sum(static rates => rates.DollarsPerHour);

    // A profile speaks of the model in one type, whose numbers are what the link carries.
    private static ServedConfig InTypeOf(DeviceProfile? measured, ServedConfig model) =>
        measured is not null && TorchNames.OfPrecision(measured.Precision) is { } type ? model with { Type = type } : model;

    // A published profile may speak of images of another size than the model's own, and of an engine that copies whole templates.
    private static ModelShape Sized(ModelShape model, DeviceProfile? measured, string file)
    {
        var sized = measured?.Images is not { } size ? model
            : size.GridOf(model.Grid) is { } grid ? model.At(grid)
            : throw new InvalidInputException(file, [new InputFault(
                "--profile", $"images of {size.Width}x{size.Height}", $"multiples of {model.Grid.PatchPixels}, the tokens of {model.Name}", "Give another profile.")]);
        return measured is { LoadsWholeTemplates: true } ? sized with { LoadsWholeTemplates = true } : sized;
    }

    private static void MustFit(string file, Scenario scenario, ModelShape model, DeviceProfile? measured)
    {
        InputFault[] faults =
        [
            .. DeviceMemoryFaults.Of(scenario.Fleet.Host, model, scenario.Steps, scenario.Fleet.Pools.Select(static pool => DeviceCatalogue.Find(pool.Device))),
            .. ResolutionFaults.Of(scenario.Workload.Resolutions, model, measured is not null),
            .. BranchFaults.Of(scenario, model),
            .. measured is not null && ProfileFaults.OfSizes(measured, model) is { } other ? [other] : Array.Empty<InputFault>(),
        ];
        if (faults.Length > 0)
        {
            throw new InvalidInputException(file, faults);
        }
    }

    private SimulatedFleet OfProfile(FittedCostModel fitted)
    {
        var devices = Scenario.Fleet.ControlNets?.Devices ?? 0;
        var fleet = SimulatedFleet.Of(_profile!, Assembled(fitted, Model, Scenario), Scenario.Fleet.Workers);
        return WithMachines(fleet, Scenario, [.. Enumerable.Range(0, devices).Select(number => new ControlNetDevice($"controlnet:{number}", _profile!.Device, fitted))]);
    }

    private static (SimulatedFleet Fleet, WorkerRates[] Rates, IReadOnlyList<string> Provenance) OfPools(Scenario scenario, ModelShape model)
    {
        var (workers, rates, provenance, host) = (new List<FleetWorker>(), new List<WorkerRates>(), new List<string>(), 0);
        foreach (var pool in scenario.Fleet.Pools)
        {
            var device = DeviceCatalogue.Find(pool.Device);
            var (costs, source) = CostsOf(device, scenario, model);
            for (var i = 0; i < pool.Workers; i++)
            {
                workers.Add(new FleetWorker($"{pool.Device}:{workers.Count}", device.ToSpec(), costs, host + (i / pool.WorkersPerHost)));
                rates.Add(RatesOf(device, pool.Pricing, scenario.Fleet.DevicesPerWorker));
            }

            host = workers[^1].Host + 1;
            provenance.Add($"{pool.Device}: {source.Kind.ToString().ToLowerInvariant()}, {source.Statement}");
        }

        var fleet = WithMachines(new SimulatedFleet { Workers = workers }, scenario, [.. ControlNetsOf(scenario, model, host, provenance)]);
        return (fleet, [.. WithControlNets(rates, scenario)], provenance);
    }

    private static IEnumerable<ControlNetDevice> ControlNetsOf(Scenario scenario, ModelShape model, int host, List<string> provenance)
    {
        if (scenario.Fleet.ControlNets is not { } options)
        {
            yield break;
        }

        var device = DeviceCatalogue.Find(KindOf(options, scenario));
        var (costs, source) = CostsOf(device, scenario, model);
        provenance.Add($"ControlNets on {device.Name}: {source.Kind.ToString().ToLowerInvariant()}, {source.Statement}");
        for (var number = 0; number < options.Devices; number++)
        {
            yield return new ControlNetDevice($"controlnet:{number}", device.ToSpec(), costs, host);
        }
    }

    private static string KindOf(ControlNetOptions options, Scenario scenario) => options.Device ?? scenario.Fleet.Pools[0].Device;

    private static (ICostModel Costs, CostProvenance Source) CostsOf(DeviceEntry device, Scenario scenario, ModelShape model) =>
        Known.GetOrAdd((device.Name, scenario.Model, scenario.Cache, scenario.Fleet.Assembly, scenario.Fleet.BranchExchange, scenario.Fleet.PatchParallel), _ =>
        {
            var (plain, from) = new CatalogueCosts(PublishedShapes.Of).Of(device, model);
            return (Assembled(plain, SplitModel(model, scenario), scenario), from);
        });

    private static WorkerRates RatesOf(DeviceEntry device, string pricing, double devices) => new(
        device.PriceOf(PricingNames.Parse(pricing)).UsdPerHour.Value * devices, device.LoadWatts.Value * devices, device.IdleWatts.Value * devices);

    private static double ControlNetsPerWorker(Scenario scenario) =>
        scenario.Fleet.ControlNets is { } options ? (options.SplitBranches ? 2.0 : 1.0) * options.Devices / scenario.Fleet.Workers : 0;

    // What devices that run ControlNets cost is shared by the workers, who alone have prices in reports.
    private static IEnumerable<WorkerRates> WithControlNets(List<WorkerRates> rates, Scenario scenario)
    {
        if (scenario.Fleet.ControlNets is not { } options)
        {
            return rates;
        }

        var share = RatesOf(DeviceCatalogue.Find(KindOf(options, scenario)), scenario.Fleet.Pools[0].Pricing, ControlNetsPerWorker(scenario));
        return rates.Select(worker => new WorkerRates(worker.DollarsPerHour + share.DollarsPerHour, worker.BusyWatts + share.BusyWatts, worker.IdleWatts + share.IdleWatts));
    }

    private static SimulatedFleet WithMachines(SimulatedFleet fleet, Scenario scenario, IReadOnlyList<ControlNetDevice> controlNets)
    {
        var options = scenario.Fleet.ControlNets;
        return fleet with
        {
            Host = scenario.Fleet.Host,
            Adapters = scenario.Fleet.Adapters,
            Cpu = scenario.Fleet.Cpu,
            Patches = scenario.Fleet.PatchParallel,
            ControlNets = new ControlNetFleet
            {
                Devices = controlNets,
                BytesPerSecond = options?.BytesPerSecond,
                Latency = options?.Latency ?? TimeSpan.Zero,
                MaxBatch = options?.MaxBatch ?? 1,
                Branches = options is { SplitBranches: true } ? 1 : scenario.Fleet.BranchExchange is null ? null : 2,
            },
        };
    }

    // What a worker serves: one branch of the model where its devices split those.
    private static ModelShape SplitModel(ModelShape model, Scenario scenario) => scenario.Fleet.BranchExchange is null ? model : OneBranches.GetValue(model, static shape => shape.OneBranch());

    private static ICostModel Assembled(ICostModel costs, ModelShape model, Scenario scenario)
    {
        var divided = scenario.Fleet.PatchParallel is { } patches ? new PatchParallelCosts(costs, model, patches) : costs;
        return scenario.Fleet.Assembly + (scenario.Fleet.BranchExchange ?? TimeSpan.Zero) is var time && time > TimeSpan.Zero ? new AssembledCosts(divided, time) : divided;
    }

    private static DeviceProfile? ReadProfile(string? file, Scenario scenario, List<InputFault> faults)
    {
        if (scenario.Fleet.Pools.Count > 0)
        {
            if (file is not null)
            {
                faults.Add(new InputFault("--profile", $"\"{file}\" beside fleet.pools", "one of the two", "Pools name their devices: leave the profile out, or remove the pools."));
            }

            return null;
        }

        if (file is null || !File.Exists(file))
        {
            faults.Add(new InputFault(
                "--profile", file is null ? "nothing" : $"\"{file}\", which is not there", "a profile, or pools of devices in the scenario",
                "Give a profile that 'simserve validate' wrote (profiles/cpu-flux-nano.json is one), or name devices in fleet.pools."));
            return null;
        }

        var profile = ProfileFile.Read(file);
        if (profile.Model != scenario.ModelName)
        {
            faults.Add(new InputFault("model", $"a profile of \"{profile.Model}\"", $"a profile of \"{scenario.ModelName}\", the scenario's model", "Give another profile."));
        }

        return profile;
    }

    private static string[] Describe(DeviceProfile profile) =>
        [$"{profile.Model} on {profile.Device.Name}, {profile.Provenance.ToString().ToLowerInvariant()}, {profile.Environment}"];
}
