using SimServe.Policies.Costs;

namespace SimServe.GpuBackend.AddOns;

/// <summary>The add-ons of a run on real workers.</summary>
public sealed record RealAddOns
{
    /// <summary>LoRAs that requests may ask for. Not owned.</summary>
    public required LoraLibrary Loras { get; init; }

    /// <summary>ControlNets that requests may ask for.</summary>
    public required ControlNetLibrary ControlNets { get; init; }

    /// <summary>Bytes of each worker's memory for weights with LoRAs merged that nobody uses, 0 or more.</summary>
    public long LoraBytes { get; init; }

    /// <summary>Bytes of each device's memory for ControlNets that nobody uses, 0 or more.</summary>
    public long ControlNetBytes { get; init; }

    /// <summary>Devices that run ControlNets for the workers, 0 or more.</summary>
    public int ControlNetDevices { get; init; }

    /// <summary>Bandwidth of such a device's link to the workers, in each direction, bytes/s, above 0; <c>null</c>: they share one memory.</summary>
    public double? BytesPerSecond { get; init; }

    /// <summary>Time of every message over that link besides its bytes.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Most images of calls that such a device answers together, at least 1.</summary>
    /// <value>1.</value>
    public int MaxBatch { get; init; } = 1;

    /// <summary>Names of devices that run ControlNets.</summary>
    /// <param name="devices">How many, 0 or more.</param>
    public static IReadOnlyList<string> Names(int devices) => [.. Enumerable.Range(0, devices).Select(static number => $"controlnet:{number}")];

    /// <summary>Predicted times of such a device, for whoever plans with them.</summary>
    /// <value><c>null</c>: they are taken for nothing.</value>
    public ICostModel? Costs { get; init; }
}
