using SimServe.Policies;
using SimServe.Policies.Caches;
using SimServe.Policies.Serving;
using SimServe.Simulator.Fleets;

namespace SimServe.Simulator.Devices;

// The adapters of one device: ControlNets in its memory, LoRAs patched into its weights.
internal sealed class AdapterMemory(AdapterOptions options, SimulatedHost host, double linkBytesPerSecond)
{
    private readonly BoundedCache<int> _controlNets = new(options.DeviceBytes, new LeastRecentlyUsedEviction());
    private AdapterSet _patched = AdapterSet.None;

    public bool Holds(AdapterSet adapters) => adapters.IsEmpty
        ? _patched.Loras.Count == 0
        : _patched.SharesWeightsWith(adapters) && Missing(adapters) == 0;

    // ControlNets that are not in memory and LoRAs that are not in the weights.
    public int Missing(AdapterSet adapters)
    {
        var missing = 0;
        foreach (var controlNet in adapters.ControlNets)
        {
            missing += _controlNets.Contains(controlNet) ? 0 : 1;
        }

        foreach (var lora in adapters.Loras)
        {
            missing += _patched.Loras.Contains(lora) ? 0 : 1;
        }

        return missing;
    }

    public void Pin(AdapterSet adapters)
    {
        if (adapters.IsEmpty)
        {
            return;
        }

        foreach (var controlNet in adapters.ControlNets)
        {
            _controlNets.TryUse(controlNet);
            _controlNets.Pin(controlNet);
        }
    }

    public void Unpin(AdapterSet adapters)
    {
        if (adapters.IsEmpty)
        {
            return;
        }

        foreach (var controlNet in adapters.ControlNets)
        {
            _controlNets.Unpin(controlNet);
        }
    }

    // Fetches what is missing into host memory, and returns what the device itself takes then: its link, and patching.
    public async Pending<TimeSpan> Load(AdapterSet adapters)
    {
        var time = TimeSpan.Zero;
        foreach (var controlNet in adapters.ControlNets)
        {
            if (!_controlNets.Contains(controlNet))
            {
                await Fetch(ControlNetKey(controlNet), options.ControlNetBytes);
                time += Duration.FromSeconds(options.ControlNetBytes / linkBytesPerSecond);
                _controlNets.Insert(controlNet, new CachedObject(options.ControlNetBytes));
            }
        }

        if (!_patched.SharesWeightsWith(adapters))
        {
            time += await Patch(adapters);
        }

        return time;
    }

    private async Pending<TimeSpan> Patch(AdapterSet adapters)
    {
        var (time, changed) = (TimeSpan.Zero, 0);
        foreach (var lora in adapters.Loras)
        {
            if (!_patched.Loras.Contains(lora))
            {
                changed++;
                await Fetch(LoraKey(lora), options.LoraBytes);
                time += Duration.FromSeconds(options.LoraBytes / linkBytesPerSecond);
            }
        }

        foreach (var lora in _patched.Loras)
        {
            changed += adapters.Loras.Contains(lora) ? 0 : 1;
        }

        _patched = adapters;
        return time + new TimeSpan(changed * options.Patch.Ticks);
    }

    private async Pending Fetch(int key, long bytes)
    {
        if (host.Adapters.TryUse(key))
        {
            return;
        }

        await host.FetchRemote(bytes);
        host.Adapters.Insert(key, new CachedObject(bytes));
    }

    private static int ControlNetKey(int number) => number * 2;

    private static int LoraKey(int number) => (number * 2) + 1;
}
