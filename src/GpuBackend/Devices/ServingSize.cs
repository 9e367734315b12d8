namespace SimServe.GpuBackend.Devices;

/// <summary>How large a run is, as far as devices must have room for it.</summary>
public sealed record ServingSize
{
    /// <summary>Workers, at least 1.</summary>
    public required int Workers { get; init; }

    /// <summary>Devices of a worker: 2 where each computes one guidance branch.</summary>
    /// <value>1.</value>
    public int DevicesPerWorker { get; init; } = 1;

    /// <summary>Workers, or the devices that they are made of, that share a CUDA device, at least 1.</summary>
    /// <value>1.</value>
    public int WorkersPerDevice { get; init; } = 1;

    /// <summary>Members of the largest batch, at least 1.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Templates, at least 1.</summary>
    public required int Templates { get; init; }

    /// <summary>Denoising steps, at least 1.</summary>
    public required int Steps { get; init; }

    /// <summary>Host memory for the rows of recordings, bytes, or <c>null</c>: as much as all of them take.</summary>
    public long? TemplateMemoryBytes { get; init; }

    /// <summary>Each worker's own memory for templates' rows, bytes.</summary>
    public long DeviceTemplateBytes { get; init; }

    /// <summary>Blocks that loads may be ahead of computation.</summary>
    /// <value>As many as there are: the profile is measured so.</value>
    public int LookAhead { get; init; } = int.MaxValue;
}
