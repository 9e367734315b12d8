using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Serving;
using AdapterSet = SimServe.Policies.AdapterSet;

namespace SimServe.GpuBackend.AddOns;

/// <summary>A worker's memories of adapters, for whoever fetches ahead of requests.</summary>
/// <remarks>
/// A LoRA goes as far as memory of its own could keep it: merged into copies of the worker's weights, else into the host's memory, from which it is merged when a request asks for it. On its way to the worker it stays in the host's
/// memory too where that has room left.
/// </remarks>
/// <param name="library">The LoRAs and the host's memory of them.</param>
/// <param name="merged">The worker's memory of weights with LoRAs merged.</param>
/// <param name="loads">What comes there.</param>
/// <param name="controlNets">The worker's ControlNets, and its partner's.</param>
/// <param name="isInUse">Whether a set's LoRAs are merged into the weights now.</param>
internal sealed class DeviceAdapterStore(
    LoraLibrary library, AddOnMemory<AdapterSet, MergedLoras> merged, AddOnLoads<AdapterSet, MergedLoras> loads, (ServedControlNets Own, ServedControlNets? Partner) controlNets, Func<AdapterSet, bool> isInUse) : IAdapterStore
{
    /// <inheritdoc/>
    public bool IsIdle => loads.IsIdle && controlNets.Own.IsIdle && controlNets.Partner?.IsIdle != false;

    /// <inheritdoc/>
    public bool Has(in Adapter adapter)
    {
        if (adapter.Kind == AdapterKind.ControlNet)
        {
            return controlNets.Own.Holds(adapter.Number) && controlNets.Partner?.Holds(adapter.Number) != false;
        }

        var alone = Alone(adapter);
        return isInUse(alone) || merged.Holds(alone) || (!merged.CanKeep(alone) && library.Has(adapter.Number));
    }

    /// <inheritdoc/>
    /// <remarks>Each LoRA of a set is at least as popular as the set.</remarks>
    public AdapterRoom RoomFor(in Adapter adapter) => adapter.Kind == AdapterKind.ControlNet ? controlNets.Own.RoomFor(adapter.Number)
        : merged.CanKeep(Alone(adapter)) ? merged.RoomFor(Alone(adapter)).By(static set => set.Loras[0])
        : library.RoomFor(adapter.Number);

    /// <inheritdoc/>
    public Pending<DeviceReport> Fetch(in Adapter adapter)
    {
        if (adapter.Kind == AdapterKind.ControlNet)
        {
            return controlNets.Partner is { } partner ? LoadBoth(adapter.Number, partner) : controlNets.Own.LoadAhead(adapter.Number);
        }

        var (lora, alone) = (adapter.Number, Alone(adapter));
        if (merged.CanKeep(alone))
        {
            return loads.LoadAhead(alone);
        }

        var victim = library.RoomFor(lora).Victim;
        return loads.RunAhead(alone, wait => library.Bring(lora, new LoraAhead(victim, wait)));
    }

    private async Pending<DeviceReport> LoadBoth(int controlNet, ServedControlNets partner)
    {
        var other = partner.LoadAhead(controlNet);
        var report = await controlNets.Own.LoadAhead(controlNet);
        var second = await other;
        return report == DeviceReport.Done ? second : report;
    }

    private static AdapterSet Alone(in Adapter adapter) => new([], [adapter.Number]);
}
