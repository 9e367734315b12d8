namespace SimServe.GpuBackend.AddOns;

/// <summary>The add-ons that a worker serves.</summary>
internal sealed record DeviceAddOns
{
    /// <summary>The LoRAs; shared by workers.</summary>
    public required LoraLibrary Loras { get; init; }

    /// <summary>Bytes of a worker's memory for weights with LoRAs merged that nobody uses.</summary>
    public required long LoraBytes { get; init; }

    /// <summary>The ControlNets; shared by workers.</summary>
    public required ControlNetLibrary ControlNets { get; init; }

    /// <summary>Bytes of a worker's memory for ControlNets that nobody uses.</summary>
    public required long ControlNetBytes { get; init; }

    /// <summary>Devices that run ControlNets for the workers.</summary>
    public IReadOnlyList<TorchControlNets> Services { get; init; } = [];
}
