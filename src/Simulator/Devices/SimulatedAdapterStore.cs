using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Serving;

namespace SimServe.Simulator.Devices;

// A device's memories of both kinds of adapters, for whoever fetches ahead of requests.
internal sealed class SimulatedAdapterStore(AdapterMemory loras, AdapterMemory controlNets, Func<int, bool> isMerged) : IAdapterStore
{
    public bool IsIdle => !loras.IsLoading && !controlNets.IsLoading;

    // What is merged needs no other copy.
    public bool Has(in Adapter adapter) => Of(adapter.Kind).Has(adapter.Number) || (adapter.Kind == AdapterKind.Lora && isMerged(adapter.Number));

    public AdapterRoom RoomFor(in Adapter adapter) => Of(adapter.Kind).Room;

    public Pending<DeviceReport> Fetch(in Adapter adapter) => Of(adapter.Kind).LoadAhead(adapter.Number);

    private AdapterMemory Of(AdapterKind kind) => kind == AdapterKind.Lora ? loras : controlNets;
}
