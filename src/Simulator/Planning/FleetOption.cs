using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Simulator.Catalogue;

namespace SimServe.Simulator.Planning;

/// <summary>A kind of device that fleets may be made of.</summary>
public sealed record FleetOption
{
    /// <summary>The device.</summary>
    public required DeviceSpec Device { get; init; }

    /// <summary>How it is paid for: <c>on-demand</c>, <c>reserved</c> or <c>spot</c>.</summary>
    public required string Pricing { get; init; }

    /// <summary>Dollars per device and hour, greater than 0.</summary>
    public required double UsdPerHour { get; init; }

    /// <summary>Whose price that is.</summary>
    public required string PriceSource { get; init; }

    /// <summary>The device's times for the plan's model. Must be pure: it is asked on several threads.</summary>
    public required ICostModel Costs { get; init; }

    /// <summary>What those times rest on.</summary>
    public required CostProvenance Provenance { get; init; }

    /// <summary>Device memory, bytes; <c>null</c> where it does not limit anything.</summary>
    public double? MemoryBytes { get; init; }

    /// <summary>Power under load, watts; <c>null</c> where it is not known.</summary>
    public double? LoadWatts { get; init; }

    /// <summary>Power while it waits, watts; <c>null</c> where it is not known.</summary>
    public double? IdleWatts { get; init; }

    /// <summary>Most of them that can be had, at least 1.</summary>
    public required int Most { get; init; }

    /// <summary>In words, e.g. <c>H100 on-demand</c>.</summary>
    public string Label => $"{Device.Name} {Pricing}";
}
