using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Serving;
using SimServe.Simulator;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Reproductions.SwiftDiffusion;

/// <summary>SDXL at 1024x1024 on H800 from the published constants, and the systems that Katz was compared with on it.</summary>
/// <remarks>Every number of a system is simulated: one request on a fleet that is idle, as the paper measured.</remarks>
internal sealed class KatzEngine
{
    /// <summary>Stands for a U-Net's way down and middle.</summary>
    public const BlockKind Encoder = BlockKind.CrossAttention;

    /// <summary>Stands for its way up.</summary>
    public const BlockKind Decoder = BlockKind.Joint;

    private const int MostControlNets = 3;
    private static readonly BlockWork Pass = new(new Work(1, 0, 0, 1, 0), default, default);
    private static readonly TokenGrid Grid = new(128, 128, 8);

    private readonly ConstantBook _constants;
    private readonly ModelShape _oneBranch;

    public KatzEngine(ConstantBook constants)
    {
        _constants = constants;
        Steps = (int)constants["sdxl.steps"];
        Model = new ModelShape
        {
            Name = "sdxl",
            Grid = Grid,
            TextTokens = 77,
            BytesPerElement = 2,
            Branches = 2,
            Blocks = [new BlockShape(Encoder, 1, Grid.Count, 0, Pass), new BlockShape(Decoder, 1, Grid.Count, 0, Pass)],
            ControlNet = new ControlNetSizes
            {
                Blocks = [new BlockShape(BlockKind.Convolution, 1, Grid.Count, 0, Pass)],
                DecoderFrom = 1,
                LatentBytes = (long)constants["latents.bytes"],
                ResidualBytes = (long)constants["residuals.bytes"],
            },
        };
        _oneBranch = Model.OneBranch();
        Plain = new KatzCosts
        {
            OnePass = Milliseconds("diffusers.stepMs") / constants["branches.speedup"],
            TwoPasses = Milliseconds("diffusers.stepMs"),
            OneControl = Milliseconds("controlnet.onePassMs"),
            TwoControls = Milliseconds("diffusers.controlNetStepMs"),
            EncoderShare = constants["encoder.share"],
            Encode = TimeSpan.FromSeconds(constants["outside.seconds"]),
        };
        Optimised = Plain with
        {
            OnePass = Plain.OnePass / constants["kernels.speedup"],
            TwoPasses = Plain.TwoPasses / constants["kernels.speedup"],
        };
    }

    /// <summary>Steps of an image.</summary>
    public int Steps { get; }

    /// <summary>SDXL with its two guidance branches.</summary>
    public ModelShape Model { get; }

    /// <summary>Diffusers' times.</summary>
    public KatzCosts Plain { get; }

    /// <summary>Those of the optimised backbone.</summary>
    public KatzCosts Optimised { get; }

    /// <summary>What diffusers does: ControlNets in turn, loaded when they are asked for; LoRAs waited for.</summary>
    public KatzSystem Diffusers => new()
    {
        Name = "Diffusers",
        Model = Model,
        Costs = Plain,
        AddOns = new AddOnOptions(),
        Adapters = new AdapterOptions { Patch = TimeSpan.FromSeconds(_constants["lora.diffusersSeconds"]), Unpatch = TimeSpan.Zero },
        Gpus = static _ => 1,
    };

    /// <summary>Diffusers that begins at a similar image's latents, which are always found.</summary>
    /// <param name="steps">Steps that are left out.</param>
    public KatzSystem Nirvana(int steps) => Diffusers with
    {
        Name = $"Nirvana-{steps}",
        SkippedSteps = steps,
        Costs = Plain with { Encode = Plain.Encode + TimeSpan.FromSeconds(_constants["nirvana.retrievalSeconds"]) },
    };

    /// <summary>The U-Net's patches on several GPUs; ControlNets are not spread.</summary>
    public KatzSystem DistriFusion => Diffusers with
    {
        Name = "DistriFusion",
        Costs = Plain with { TwoPasses = Plain.TwoPasses / _constants["distrifusion.speedup"], OnePass = Plain.OnePass / _constants["distrifusion.speedup"] },
        Gpus = static controlNets => controlNets switch { 0 => 2, 1 => 4, _ => 8 },
    };

    /// <summary>Only the guidance branches on two GPUs, everything else as in Diffusers.</summary>
    public KatzSystem SplitBranches => Diffusers with { Name = "latent parallelism", Model = _oneBranch, Gpus = static _ => 2 };

    /// <summary>All of Katz: guidance branches on two GPUs, each ControlNet on two more, LoRAs in the background.</summary>
    public KatzSystem Katz => new()
    {
        Name = "Katz",
        Model = _oneBranch,
        Costs = Optimised,
        AddOns = new AddOnOptions { ControlNets = DedicatedControlNets.Name, Loras = BoundedAsynchronousLoras.Name, LoraBound = (int)_constants["lora.boundArtifact"] },
        Adapters = new AdapterOptions { Patch = TimeSpan.FromSeconds(_constants["lora.patchSeconds"]), Unpatch = TimeSpan.Zero },
        LoraBytesPerSecond = _constants["lora.bytes"] / _constants["lora.loadSeconds"],
        ControlNets = new ControlNetFleet { BytesPerSecond = _constants["nvlink.bytesPerSecond"], Branches = 1 },
        KeepsControlNets = true,
        Gpus = static controlNets => 2 + (2 * controlNets),
    };

    /// <summary>Only ControlNets on GPUs of their own, everything else as in Diffusers.</summary>
    /// <param name="linkBytesPerSecond">Bandwidth to them.</param>
    /// <param name="mode">Whose residuals are added.</param>
    public KatzSystem ControlNetService(double linkBytesPerSecond, ControlMode mode = ControlMode.Synchronous) => Diffusers with
    {
        Name = "ControlNets as a service",
        AddOns = new AddOnOptions { ControlNets = DedicatedControlNets.Name, ControlMode = mode },
        ControlNets = new ControlNetFleet { BytesPerSecond = linkBytesPerSecond },
        KeepsControlNets = true,
        Gpus = static controlNets => 1 + controlNets,
    };

    /// <summary>How many times as fast a request with ControlNets is where they run on devices of their own, their models in memory on either side.</summary>
    /// <param name="costs">Times of every device.</param>
    /// <param name="model">The model.</param>
    /// <param name="controlNets">Its ControlNets, at least 1.</param>
    /// <param name="bytesPerSecond">Bandwidth to the devices.</param>
    /// <param name="mode">Whose residuals are added.</param>
    public double SpeedUp(KatzCosts costs, ModelShape model, int controlNets, double bytesPerSecond, ControlMode mode = ControlMode.Synchronous) =>
        Latency(Diffusers with { Costs = costs, Model = model, KeepsControlNets = true }, controlNets, 0)
        / Latency(ControlNetService(bytesPerSecond, mode) with { Costs = costs, Model = model }, controlNets, 0);

    /// <summary>Seconds from a request's arrival to its image.</summary>
    /// <param name="system">The system.</param>
    /// <param name="controlNets">Its ControlNets.</param>
    /// <param name="loras">Its LoRAs.</param>
    public double Latency(KatzSystem system, int controlNets, int loras)
    {
        var record = Alone(system, controlNets, loras);
        return (record.FinishedAt - record.ArrivedAt).TotalSeconds;
    }

    /// <summary>Seconds for which a request's batch stands still for adapters.</summary>
    /// <param name="system">The system.</param>
    /// <param name="controlNets">Its ControlNets.</param>
    /// <param name="loras">Its LoRAs.</param>
    public double AdapterWait(KatzSystem system, int controlNets, int loras) => Alone(system, controlNets, loras).AdapterWait.TotalSeconds;

    // An earlier request has left the ControlNets that stay where they are.
    private RequestRecord Alone(KatzSystem system, int controlNets, int loras)
    {
        int[] nets = [.. Enumerable.Range(0, controlNets)];
        Request[] requests = [Request(0, 0, system, new AdapterSet(nets, [])), Request(1, 1000, system, new AdapterSet(nets, [.. Enumerable.Range(0, loras)]))];
        var device = new DeviceSpec { Name = "H800", PeakFlopsPerSecond = 1e15, LinkBytesPerSecond = system.Adapters.ControlNetBytes / _constants["controlnet.switchSeconds"] };
        var fleet = SimulatedFleet.Of(device, system.Costs, 1) with
        {
            Adapters = system.Adapters with
            {
                LoraBytes = (long)_constants["lora.bytes"],
                DeviceBytes = system.KeepsControlNets ? MostControlNets * system.Adapters.ControlNetBytes : 1,
            },
            Host = new HostOptions { NetworkBytesPerSecond = null },
            ControlNets = system.ControlNets with
            {
                Devices = system.AddOns.ControlNets == SerialControlNets.Name ? [] : [.. nets.Select(net => new ControlNetDevice($"controlnet:{net}", device, system.Costs))],
            },
        };
        return new Simulation
        {
            Model = system.Model,
            Fleet = WithLoras(fleet, system, loras),
            Policies = new PolicyOptions { Pipeline = "full", Routing = "round-robin", AddOns = system.AddOns },
            Requests = requests,
        }.Run().Serving.Records[1];
    }

    // Each LoRA has a loader of its own, which is what bounds its speed: they are the only adapters that come from afar here.
    private static SimulatedFleet WithLoras(SimulatedFleet fleet, KatzSystem system, int loras) => system.LoraBytesPerSecond is { } bandwidth
        ? fleet with { Host = fleet.Host with { NetworkBytesPerSecond = bandwidth * Math.Max(1, loras) } }
        : fleet;

    private Request Request(int id, double seconds, KatzSystem system, AdapterSet adapters) => new()
    {
        Id = new RequestId(id),
        ArrivesAt = Instant.FromSeconds(seconds),
        Template = new TemplateId(0),
        Mask = EditMask.FromTokens(Grid, [.. Enumerable.Range(0, Grid.Count)]),
        Steps = Steps - system.SkippedSteps,
        Prompt = "",
        Seed = id,
        Adapters = adapters,
    };

    private TimeSpan Milliseconds(string constant) => TimeSpan.FromMilliseconds(_constants[constant]);
}
