using SimServe.Policies.Serving;

namespace SimServe.Policies.AddOns;

/// <summary>A memory that has every ControlNet at once: of devices that do not count them.</summary>
public sealed class EveryControlNet : IControlNetHost
{
    private EveryControlNet()
    {
    }

    /// <summary>The one there is.</summary>
    public static EveryControlNet Here { get; } = new();

    /// <inheritdoc/>
    public string? Fault => null;

    /// <inheritdoc/>
    public bool Holds(int controlNet) => true;

    /// <inheritdoc/>
    public Pending<DeviceReport> Load(int controlNet) => new(DeviceReport.Done);

    /// <inheritdoc/>
    public void Pin(int controlNet)
    {
    }

    /// <inheritdoc/>
    public void Unpin(int controlNet)
    {
    }
}
