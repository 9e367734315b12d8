using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Serving;

namespace SimServe.GpuBackend.AddOns;

/// <summary>The ControlNets of a worker of two devices: each is in the memory of both.</summary>
/// <param name="own">The worker's own memory.</param>
/// <param name="partner">Its partner's.</param>
internal sealed class PairedControlNets(ServedControlNets own, ServedControlNets partner) : IControlNetHost
{
    /// <inheritdoc/>
    public string? Fault => own.Fault;

    /// <inheritdoc/>
    public bool Holds(int controlNet) => own.Holds(controlNet) && partner.Holds(controlNet);

    /// <inheritdoc/>
    public async Pending<DeviceReport> Load(int controlNet)
    {
        var other = partner.Load(controlNet);
        var report = await own.Load(controlNet);
        var second = await other;
        return report == DeviceReport.Done ? second : report;
    }

    /// <inheritdoc/>
    public void Pin(int controlNet)
    {
        own.Pin(controlNet);
        partner.Pin(controlNet);
    }

    /// <inheritdoc/>
    public void Unpin(int controlNet)
    {
        own.Unpin(controlNet);
        partner.Unpin(controlNet);
    }
}
