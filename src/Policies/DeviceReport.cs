namespace SimServe.Policies;

/// <summary>What a device did in one call.</summary>
/// <param name="Steps">Whole denoising steps done; 0 for other calls.</param>
/// <param name="BytesLoaded">Bytes moved over the link.</param>
/// <param name="Fault">Why the device failed, or <c>null</c>. A failed device does nothing more.</param>
/// <param name="Refusal">Why this one request cannot be served, or <c>null</c>. The device is well.</param>
public readonly record struct DeviceReport(int Steps, long BytesLoaded, string? Fault, string? Refusal = null)
{
    /// <summary>Why a device that runs ControlNets for the batch failed, or <c>null</c>. This one is well, and its steps so far are done.</summary>
    public string? ControlFault { get; init; }

    /// <summary>A call that did what it was asked.</summary>
    public static DeviceReport Done => default;

    /// <summary>A call on a device that failed.</summary>
    /// <param name="fault">Why, in words.</param>
    public static DeviceReport Failed(string fault) => new(0, 0, fault);

    /// <summary>A request that no device can serve.</summary>
    /// <param name="refusal">Why, in words.</param>
    public static DeviceReport Refused(string refusal) => new(0, 0, null, refusal);
}
