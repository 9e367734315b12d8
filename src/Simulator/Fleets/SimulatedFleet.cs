using SimServe.Policies;
using SimServe.Policies.Costs;

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

    /// <summary>Time of a step when 1, 2, ... workers of a host compute at once, over the time that its cost model says; more than are listed are as the last.</summary>
    /// <value><c>null</c>: workers do not slow each other. Each is above 0.</value>
    public IReadOnlyList<double>? ComputeShares { get; init; }

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

    /// <summary>A fleet in one host, one worker for each of some cost models.</summary>
    /// <param name="device">What is known of the workers' kind.</param>
    /// <param name="costs">The times that each takes.</param>
    public static SimulatedFleet Of(DeviceSpec device, IReadOnlyList<ICostModel> costs)
    {
        ArgumentNullException.ThrowIfNull(device);
        return new SimulatedFleet { Workers = [.. costs.Select((cost, worker) => new FleetWorker($"{device.Name}:{worker}", device, cost))] };
    }
}
