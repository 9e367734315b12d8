using SimServe.Policies;
using SimServe.Policies.Caches;
using SimServe.Simulator.Fleets;

namespace SimServe.Simulator.Scenarios;

/// <summary>Reads <c>fleet</c>: workers, or pools of them, and what their hosts have.</summary>
internal sealed class FleetReader(IReadOnlyCollection<string> devices)
{
    public const int MostWorkers = 100_000;

    private const double LeastBandwidth = 1e6;
    private const double MostBandwidth = 1e15;
    private const double MostBytes = 1e18;
    private static readonly IReadOnlyList<PoolOptions> NoPools = [];
    private static readonly string[] DeviceCaches = [HostOptions.WholeTemplates, HostOptions.ChosenBlocks];

    private static readonly string[] RemoteLoads = [AdapterOptions.ByNetwork, AdapterOptions.Measured];

    private static readonly string[] ModelSources = [HostOptions.FromDisk, HostOptions.FromNetwork];
    private static readonly string[] Pricings = ["on-demand", "reserved", "spot"];

    public FleetOptions Read(JsonSection root)
    {
        if (root.Section("fleet", required: true) is not { } fleet)
        {
            return new FleetOptions(1, 1e9, true);
        }

        var pools = ReadPools(fleet);
        var options = new FleetOptions(
            ReadWorkers(fleet, pools),
            fleet.Number("linkBytesPerSecond", LeastBandwidth, 1e13, pools.Count == 0 ? null : 16e9),
            fleet.Flag("warmTemplates", true))
        {
            Pools = pools,
            Host = ReadHost(fleet.Section("host", required: false)),
            Adapters = ReadAdapters(fleet.Section("adapters", required: false)),
            ControlNets = ReadControlNets(fleet),
            BranchExchange = fleet.OptionalNumber("branchExchangeSeconds", 0, 3600) is { } exchange ? Duration.FromSeconds(exchange) : null,
            PatchParallel = ReadPatches(fleet),
            Cpu = ReadCpu(fleet.Section("cpu", required: false), out var assembly),
            Assembly = assembly,
        };
        if (options is { WarmTemplates: true, Host.CacheHosts: 0 })
        {
            fleet.Note(fleet.Key("host.cacheHosts"), "0 beside warmTemplates", "at least 1, or warmTemplates false", "Without a store nothing can be recorded ahead: let the run begin cold.");
        }

        fleet.Close();
        return options;
    }

    private static int ReadWorkers(JsonSection fleet, IReadOnlyList<PoolOptions> pools)
    {
        if (pools.Count == 0)
        {
            return fleet.Integer("workers", 1, MostWorkers, null);
        }

        if (fleet.OptionalInteger("workers", 1, MostWorkers) is { } workers)
        {
            fleet.Note(fleet.Key("workers"), $"{workers}", "nothing beside a list of pools", "Remove one of the two: the pools say how many there are.");
        }

        var counted = pools.Sum(static pool => (long)pool.Workers);
        if (counted > MostWorkers)
        {
            fleet.Note(fleet.Key("pools"), $"{counted} workers", $"up to {MostWorkers} in all", "Use fewer.");
        }

        return (int)Math.Min(counted, MostWorkers);
    }

    private IReadOnlyList<PoolOptions> ReadPools(JsonSection fleet)
    {
        var sections = fleet.Sections("pools", required: false);
        if (devices.Count == 0 && sections.Count > 0)
        {
            fleet.Note(fleet.Key("pools"), "a list of pools", "workers and linkBytesPerSecond", "Remove the pools: they are for simulations of devices that are known by name.");
            return NoPools;
        }

        var pools = new List<PoolOptions>();
        foreach (var pool in sections)
        {
            pools.Add(new PoolOptions(
                pool.Choice("device", devices, null),
                pool.Integer("workers", 1, MostWorkers, null),
                pool.Integer("workersPerHost", 1, 1024, 8),
                pool.Choice("pricing", Pricings, Pricings[0])));
            pool.Close();
        }

        return pools.Count > 0 ? pools : NoPools;
    }

    internal static HostOptions ReadHost(JsonSection? section) => ReadHost(section, DeviceCaches);

    // Only a scenario knows the workload that blocks are chosen for.
    internal static HostOptions ReadHostOfWholeTemplates(JsonSection? section) => ReadHost(section, [HostOptions.WholeTemplates]);

    private static HostOptions ReadHost(JsonSection? section, string[] deviceCaches)
    {
        var fallback = new HostOptions();
        if (section is null)
        {
            return fallback;
        }

        var options = new HostOptions
        {
            MemoryBytes = (long?)section.OptionalNumber("memoryBytes", 1, MostBytes),
            DiskBytes = (long)section.Number("diskBytes", 0, MostBytes, 0),
            DeviceCacheBytes = (long)section.Number("deviceCacheBytes", 0, MostBytes, 0),
            DeviceCache = section.Choice("deviceCache", deviceCaches, HostOptions.WholeTemplates) is var kept && kept == HostOptions.WholeTemplates ? null : kept,
            Eviction = section.Choice("eviction", EvictionPolicies.Names, fallback.Eviction),
            MemoryBytesPerSecond = section.OptionalNumber("memoryBytesPerSecond", LeastBandwidth, MostBandwidth),
            DiskBytesPerSecond = section.Number("diskBytesPerSecond", LeastBandwidth, MostBandwidth, fallback.DiskBytesPerSecond),
            NetworkBytesPerSecond = section.OptionalNumber("networkBytesPerSecond", LeastBandwidth, MostBandwidth),
            NetworkLatency = Duration.FromSeconds(section.Number("networkLatencySeconds", 0, 10, 0)),
            CacheHosts = section.Integer("cacheHosts", 0, 10_000, fallback.CacheHosts),
            CacheHostBytesPerSecond = section.OptionalNumber("cacheHostBytesPerSecond", LeastBandwidth, MostBandwidth),
            Peers = ReadPeers(section.Section("peers", required: false)),
            ModelBytes = (long)section.Number("modelBytes", 0, MostBytes, 0),
            ModelFrom = section.Choice("modelFrom", ModelSources, fallback.ModelFrom),
            Prefetch = section.Flag("prefetch", fallback.Prefetch),
        };
        section.Close();
        return options;
    }

    private static PeerOptions? ReadPeers(JsonSection? section)
    {
        if (section is null)
        {
            return null;
        }

        var options = new PeerOptions
        {
            BytesPerSecond = section.Number("bytesPerSecond", LeastBandwidth, MostBandwidth, null),
            Latency = Duration.FromSeconds(section.Number("latencySeconds", 0, 10, 0)),
        };
        section.Close();
        return options;
    }

    private static AdapterOptions ReadAdapters(JsonSection? section)
    {
        var fallback = new AdapterOptions();
        if (section is null)
        {
            return fallback;
        }

        var options = new AdapterOptions
        {
            ControlNetBytes = (long)section.Number("controlNetBytes", 1, MostBytes, fallback.ControlNetBytes),
            LoraBytes = (long)section.Number("loraBytes", 1, MostBytes, fallback.LoraBytes),
            DeviceBytes = (long)section.Number("deviceBytes", 1, MostBytes, fallback.DeviceBytes),
            HostBytes = (long)section.Number("hostBytes", 0, MostBytes, fallback.HostBytes),
            Eviction = section.Choice("eviction", EvictionPolicies.Names, fallback.Eviction),
            Patch = Duration.FromSeconds(section.Number("patchSeconds", 0, 3600, fallback.Patch.TotalSeconds)),
            Unpatch = Duration.FromSeconds(section.Number("unpatchSeconds", 0, 3600, fallback.Unpatch.TotalSeconds)),
            LoraDeviceBytes = (long)section.Number("loraDeviceBytes", 0, MostBytes, fallback.LoraDeviceBytes),
            UnmergedShare = section.Number("unmergedShare", 0, 10, fallback.UnmergedShare),
            TextEncoderShare = section.Number("textEncoderShare", 0, 1, fallback.TextEncoderShare),
            BytesPerSecond = section.OptionalNumber("bytesPerSecond", LeastBandwidth / 100, MostBandwidth),
            LoraPreparation = Duration.FromSeconds(section.Number("loraPreparationSeconds", 0, 3600, 0)),
            RemoteLoads = section.Choice("remoteLoads", RemoteLoads, fallback.RemoteLoads),
        };
        section.Close();
        return options;
    }

    private ControlNetOptions? ReadControlNets(JsonSection fleet)
    {
        if (fleet.Section("controlNets", required: false) is not { } section)
        {
            return null;
        }

        if (devices.Count == 0 && (section.Has("device") || section.Has("splitBranches")))
        {
            fleet.Note(fleet.Key("controlNets"), "devices of another kind, or pairs of them", "as many devices as the workers are", "Remove device and splitBranches: they are for simulations.");
        }

        var options = new ControlNetOptions
        {
            Devices = section.Integer("devices", 1, MostWorkers, null),
            Device = section.Has("device") && devices.Count > 0 ? section.Choice("device", devices, null) : null,
            BytesPerSecond = section.OptionalNumber("bytesPerSecond", LeastBandwidth, MostBandwidth),
            Latency = Seconds(section, "latencySeconds"),
            MaxBatch = section.Integer("maxBatch", 1, 1024, 1),
            SplitBranches = section.Flag("splitBranches", false),
        };
        section.Close();
        return options;
    }

    private PatchParallelism? ReadPatches(JsonSection fleet)
    {
        if (fleet.Section("patchParallel", required: false) is not { } section)
        {
            return null;
        }

        if (devices.Count == 0)
        {
            fleet.Note(fleet.Key("patchParallel"), "workers of several devices", "workers of one device", "Remove it: it is for simulations.");
        }

        var fallback = new PatchParallelism { Devices = 2 };
        var options = new PatchParallelism
        {
            Devices = section.Integer("devices", 2, 64, null),
            WarmupSteps = section.Integer("warmupSteps", 1, 1000, fallback.WarmupSteps),
            BytesPerSecond = section.OptionalNumber("bytesPerSecond", LeastBandwidth, MostBandwidth),
            LossShare = section.Number("lossShare", 0, 10, fallback.LossShare),
        };
        section.Close();
        return options;
    }

    private static CpuStages ReadCpu(JsonSection? section, out TimeSpan assembly)
    {
        assembly = TimeSpan.Zero;
        var fallback = new CpuStages();
        if (section is null)
        {
            return fallback;
        }

        assembly = Seconds(section, "assemblySeconds");
        var options = new CpuStages
        {
            Decision = Seconds(section, "decisionSeconds"),
            Preprocessing = Seconds(section, "preprocessingSeconds"),
            Postprocessing = Seconds(section, "postprocessingSeconds"),
            Serialisation = Seconds(section, "serialisationSeconds"),
            Transfer = Seconds(section, "transferSeconds"),
            Processes = section.Integer("processes", 1, 1024, fallback.Processes),
        };
        section.Close();
        return options;
    }

    private static TimeSpan Seconds(JsonSection section, string name) => Duration.FromSeconds(section.Number(name, 0, 3600, 0));
}
