using System.Text.Json.Serialization;
using SimServe.Simulator.Fleets;

namespace SimServe.Simulator.Scenarios;

/// <summary>The devices of a scenario.</summary>
/// <param name="Workers">Workers, at least 1; on CPU each has one compute thread and one copy thread.</param>
/// <param name="LinkBytesPerSecond">Bandwidth of the link that loads cached activations on real devices, bytes/s; profiles and pools have links of their own.</param>
/// <param name="WarmTemplates">Whether every template is recorded before the first request arrives.</param>
public sealed record FleetOptions(int Workers, double LinkBytesPerSecond, bool WarmTemplates)
{
    /// <summary>Groups of equal workers; empty where the scenario names none: its workers are then of the profiled kind.</summary>
    [JsonIgnore]
    public IReadOnlyList<PoolOptions> Pools { get; init; } = [];

    /// <summary>What every host has.</summary>
    [JsonIgnore]
    public HostOptions Host { get; init; } = new();

    /// <summary>What adapters cost to have.</summary>
    [JsonIgnore]
    public AdapterOptions Adapters { get; init; } = new();

    /// <summary>Devices that run ControlNets for the workers; <c>null</c>: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ControlNetOptions? ControlNets { get; init; }

    /// <summary>Time of every step in which two devices of a worker, each with one guidance branch, exchange their predictions; <c>null</c>: a worker is one device.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? BranchExchange { get; init; }

    /// <summary>How the devices of a worker divide images among them; <c>null</c>: a worker computes whole images.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PatchParallelism? PatchParallel { get; init; }

    /// <summary>Devices of a worker: one for each guidance branch where those are split, times those that divide an image.</summary>
    [JsonIgnore]
    public int DevicesPerWorker => (BranchExchange is null ? 1 : 2) * (PatchParallel?.Devices ?? 1);

    /// <summary>What processors do around the devices.</summary>
    [JsonIgnore]
    public CpuStages Cpu { get; init; } = new();

    /// <summary>Time of every step that goes to putting the batch together.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public TimeSpan Assembly { get; init; }

    // What is as nobody asked for it stays out of the resolved scenario.
    [JsonInclude, JsonPropertyName("pools"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal IReadOnlyList<PoolOptions>? WrittenPools => Pools.Count == 0 ? null : Pools;

    [JsonInclude, JsonPropertyName("host"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal HostOptions? WrittenHost => Host == new HostOptions() ? null : Host;

    [JsonInclude, JsonPropertyName("adapters"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal AdapterOptions? WrittenAdapters => Adapters == new AdapterOptions() ? null : Adapters;

    [JsonInclude, JsonPropertyName("cpu"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal CpuStages? WrittenCpu => Cpu == new CpuStages() ? null : Cpu;
}

/// <summary>Equal workers.</summary>
/// <param name="Device">Name of a kind of device.</param>
/// <param name="Workers">How many, at least 1.</param>
/// <param name="WorkersPerHost">Workers in one host, at least 1.</param>
/// <param name="Pricing">How they are paid for: <c>on-demand</c>, <c>reserved</c> or <c>spot</c>.</param>
public sealed record PoolOptions(string Device, int Workers, int WorkersPerHost, string Pricing);
