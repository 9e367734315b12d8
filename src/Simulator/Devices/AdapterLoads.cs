using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Engine;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Devices;

// Loads from remote storage that take as long as those of a production fleet took: drawn in the order in which they begin.
internal sealed class AdapterLoads(EventCalendar calendar, long seed)
{
    private readonly VirtualClock _clock = new(calendar);
    private readonly RandomStream _loras = new(seed, "adapter-loads/lora");
    private readonly RandomStream _controlNets = new(seed, "adapter-loads/controlnet");

    public async Pending Next(bool isLora)
    {
        var time = isLora ? LoadLatencies.Lora.Sample(_loras) : LoadLatencies.ControlNet.Sample(_controlNets);
        await _clock.Until(calendar.Now + time);
    }
}
