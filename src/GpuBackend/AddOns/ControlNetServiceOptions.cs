
namespace SimServe.GpuBackend.AddOns;

/// <summary>What a device that runs ControlNets for workers is.</summary>
internal sealed record ControlNetServiceOptions
{
    /// <summary>Name for reports and decisions, e.g. <c>controlnet:0</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Bytes for ControlNets that nobody uses.</summary>
    public required long CapacityBytes { get; init; }

    /// <summary>Bandwidth of its link to the workers, in each direction, bytes/s; <c>null</c>: within one memory.</summary>
    public double? BytesPerSecond { get; init; }

    /// <summary>Time of every message over the link besides its bytes.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Most images of calls that are answered together, at least 1; one call may have more.</summary>
    /// <value>1.</value>
    public int MaxBatch { get; init; } = 1;

    /// <summary>Guidance branches of an image.</summary>
    public required int Branches { get; init; }

    /// <summary>When it is lost, by the time of the run; <c>null</c>: never.</summary>
    public Func<bool>? IsLost { get; init; }
}
