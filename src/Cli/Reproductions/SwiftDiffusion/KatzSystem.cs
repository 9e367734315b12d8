using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Simulator.Fleets;

namespace SimServe.Cli.Reproductions.SwiftDiffusion;

/// <summary>A system as it serves one request: its engine, its policies, and how many GPUs it has for a request with so many ControlNets.</summary>
internal sealed record KatzSystem
{
    public required string Name { get; init; }

    public required ModelShape Model { get; init; }

    public required KatzCosts Costs { get; init; }

    public required AddOnOptions AddOns { get; init; }

    public required AdapterOptions Adapters { get; init; }

    /// <summary>Bandwidth at which LoRAs are read, bytes/s; <c>null</c>: that is part of merging them.</summary>
    public double? LoraBytesPerSecond { get; init; }

    /// <summary>Devices that run ControlNets, and their link.</summary>
    public ControlNetFleet ControlNets { get; init; } = new();

    /// <summary>Steps that are left out, because a similar image's latents were found.</summary>
    public int SkippedSteps { get; init; }

    /// <summary>Whether its ControlNets are in memory when a request comes: those on devices of their own stay there.</summary>
    public bool KeepsControlNets { get; init; }

    /// <summary>GPUs for a request with so many ControlNets.</summary>
    public required Func<int, int> Gpus { get; init; }
}
