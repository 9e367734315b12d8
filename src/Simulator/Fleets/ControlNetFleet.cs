namespace SimServe.Simulator.Fleets;

/// <summary>The devices that run ControlNets for a fleet's workers, and how they are reached.</summary>
public sealed record ControlNetFleet
{
    /// <summary>The devices; none where workers run their ControlNets themselves.</summary>
    public IReadOnlyList<ControlNetDevice> Devices { get; init; } = [];

    /// <summary>Bandwidth of a device's link to the workers, in each direction, bytes/s.</summary>
    /// <value><c>null</c>: transfers take no time, as within one memory.</value>
    public double? BytesPerSecond { get; init; }

    /// <summary>Time of every message besides its bytes.</summary>
    /// <value>Zero.</value>
    public TimeSpan Latency { get; init; }

    /// <summary>Most images of one call: calls that wait for the same ControlNet are answered together. At least 1; a worker's own call may be larger.</summary>
    /// <value>1.</value>
    public int MaxBatch { get; init; } = 1;

    /// <summary>Forward passes of a device for each image of a call: 1 where each is a pair of devices with one guidance branch each, as in Katz (ATC '25, section 7).</summary>
    /// <value><c>null</c>: the branches of the workers' model.</value>
    public int? Branches { get; init; }
}
