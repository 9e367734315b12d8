namespace SimServe.Policies;

/// <summary>What is known of a device before anything is measured on it.</summary>
public sealed record DeviceSpec
{
    /// <summary>Name of the kind of device, e.g. <c>cpu</c> or <c>H800</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Peak rate of matrix products in the served precision, FLOP/s.</summary>
    public required double PeakFlopsPerSecond { get; init; }

    /// <summary>Bandwidth of the link that loads cached activations, bytes/s.</summary>
    public required double LinkBytesPerSecond { get; init; }
}
