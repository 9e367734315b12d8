using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Profiles;

namespace SimServe.Simulator.Fleets;

/// <summary>The machines of a simulated run.</summary>
public sealed record SimulatedFleet
{
    /// <summary>The workers, at least one. Hosts are numbered from 0 without gaps.</summary>
    public required IReadOnlyList<FleetWorker> Workers { get; init; }

    /// <summary>What every host has.</summary>
    public HostOptions Host { get; init; } = new();

    /// <summary>What adapters cost to have.</summary>
    public AdapterOptions Adapters { get; init; } = new();

    /// <summary>Devices that run ControlNets for the workers.</summary>
    /// <value>None.</value>
    public ControlNetFleet ControlNets { get; init; } = new();

    /// <summary>How the devices of every worker divide images; the workers' times must be <see cref="PatchParallelCosts"/> then.</summary>
    /// <value><c>null</c>: a worker computes whole images.</value>
    public PatchParallelism? Patches { get; init; }

    /// <summary>Time of a step when 1, 2, ... workers of a host compute at once, over the time that its cost model says; more than are listed are as the last.</summary>
    /// <value><c>null</c>: workers do not slow each other. Each is above 0.</value>
    public IReadOnlyList<double>? ComputeShares { get; init; }

    /// <summary>How many times as long computation takes in this run as its cost models, and with them planners and routers, say; above 0.</summary>
    /// <value>1.</value>
    public double ComputeFactor { get; init; } = 1;

    /// <summary>How requests differ from that: quantiles of the time of a request's steps over the usual time, evenly spread from the least to the greatest, above 0.</summary>
    /// <value><c>null</c>: they do not. At least two otherwise.</value>
    public IReadOnlyList<double>? ServiceSpread { get; init; }

    /// <summary>Tells draws from <see cref="ServiceSpread"/> apart for the same requests: part of the seed.</summary>
    /// <value>0.</value>
    public long ServiceDraw { get; init; }

    /// <summary>What processors do around the devices.</summary>
    public CpuStages Cpu { get; init; } = new();

    /// <summary>A fleet of workers of one kind.</summary>
    /// <param name="device">What is known of the kind.</param>
    /// <param name="costs">The times it takes.</param>
    /// <param name="workers">How many, at least 1.</param>
    /// <param name="perHost">Workers in one host, at least 1; <c>null</c> for all in one.</param>
    public static SimulatedFleet Of(DeviceSpec device, ICostModel costs, int workers, int? perHost = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(perHost ?? 1, 1);
        return new SimulatedFleet
        {
            Workers = [.. Enumerable.Range(0, workers).Select(worker => new FleetWorker($"{device.Name}:{worker}", device, costs, worker / (perHost ?? workers)))],
        };
    }

    /// <summary>The machine that a profile was measured on.</summary>
    /// <param name="profile">The profile: how workers slow each other and how requests differ are part of it.</param>
    /// <param name="costs">The times fitted to it.</param>
    /// <param name="workers">How many, at least 1.</param>
    public static SimulatedFleet Of(DeviceProfile profile, ICostModel costs, int workers)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return Of(profile.Device, costs, workers) with { ComputeShares = profile.ComputeShares, ServiceSpread = profile.ServiceSpread };
    }

    /// <summary>A fleet in one host, one worker for each of some cost models.</summary>
    /// <param name="device">What is known of the workers' kind.</param>
    /// <param name="costs">The times that each takes.</param>
    public static SimulatedFleet Of(DeviceSpec device, IReadOnlyList<ICostModel> costs)
    {
        ArgumentNullException.ThrowIfNull(device);
        return new SimulatedFleet { Workers = [.. costs.Select((cost, worker) => new FleetWorker($"{device.Name}:{worker}", device, cost))] };
    }
}
