namespace SimServe.Simulator.Devices;

// A device's memory for adapters of one kind: each takes as many bytes as the others.
internal sealed record AdapterMemoryOptions
{
    public required bool IsLora { get; init; }

    public required long Bytes { get; init; }

    // For what is kept for later.
    public required long CapacityBytes { get; init; }

    // Beside everything else, once the bytes are here.
    public TimeSpan Preparation { get; init; }

    // Of the device's link, at present.
    public required Func<double> LinkBytesPerSecond { get; init; }

    // Why the device does nothing any more, or null.
    public required Func<string?> Fault { get; init; }
}
