namespace SimServe.Simulator.Scenarios;

/// <summary>Devices that run ControlNets for the workers of a scenario.</summary>
public sealed record ControlNetOptions
{
    /// <summary>How many, at least 1.</summary>
    public required int Devices { get; init; }

    /// <summary>Their kind; <c>null</c>: that of the first workers.</summary>
    public string? Device { get; init; }

    /// <summary>Bandwidth of a device's link to the workers, in each direction, bytes/s; <c>null</c>: transfers take no time.</summary>
    public double? BytesPerSecond { get; init; }

    /// <summary>Time of every message besides its bytes.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Most images of one call, at least 1.</summary>
    public int MaxBatch { get; init; } = 1;

    /// <summary>Whether each is a pair of devices with one guidance branch each.</summary>
    public bool SplitBranches { get; init; }
}
