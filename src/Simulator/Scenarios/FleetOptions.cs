using SimServe.Simulator.Fleets;

namespace SimServe.Simulator.Scenarios;

/// <summary>The devices of a scenario.</summary>
/// <param name="Workers">Workers, at least 1; on CPU each has one compute thread and one copy thread.</param>
/// <param name="LinkBytesPerSecond">Bandwidth of the link that loads cached activations, bytes/s; of devices that a pool does not name.</param>
/// <param name="WarmTemplates">Whether every template is recorded before the first request arrives.</param>
public sealed record FleetOptions(int Workers, double LinkBytesPerSecond, bool WarmTemplates)
{
    /// <summary>Groups of equal workers; empty where the scenario names none: its workers are then of the profiled kind.</summary>
    public IReadOnlyList<PoolOptions> Pools { get; init; } = [];

    /// <summary>What every host has.</summary>
    public HostOptions Host { get; init; } = new();

    /// <summary>What adapters cost to have.</summary>
    public AdapterOptions Adapters { get; init; } = new();

    /// <summary>What processors do around the devices.</summary>
    public CpuStages Cpu { get; init; } = new();

    /// <summary>Time of every step that goes to putting the batch together.</summary>
    public TimeSpan Assembly { get; init; }
}

/// <summary>Equal workers.</summary>
/// <param name="Device">Name of a kind of device.</param>
/// <param name="Workers">How many, at least 1.</param>
/// <param name="WorkersPerHost">Workers in one host, at least 1.</param>
/// <param name="Pricing">How they are paid for: <c>on-demand</c>, <c>reserved</c> or <c>spot</c>.</param>
public sealed record PoolOptions(string Device, int Workers, int WorkersPerHost, string Pricing);
