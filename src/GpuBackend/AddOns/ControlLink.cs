using SimServe.GpuBackend.Devices;
using SimServe.Policies;

namespace SimServe.GpuBackend.AddOns;

/// <summary>One direction of the link between workers and a device that runs ControlNets: messages are handed on one after another, each after its bytes' time and the latency.</summary>
/// <param name="name">Name of its thread.</param>
/// <param name="bytesPerSecond">Bandwidth, above 0.</param>
/// <param name="latency">Time of every message besides; messages overlap in it.</param>
internal sealed class ControlLink(string name, double bytesPerSecond, TimeSpan latency) : IDisposable
{
    private readonly CpuLink _link = new(bytesPerSecond, new WallClock(), static () => 1);
    private readonly WorkerThread _thread = new(name, static () => { });
    private Instant _free;

    /// <summary>Sends a message.</summary>
    /// <param name="bytes">Its size.</param>
    /// <param name="arrived">Called on the link's thread when it has come.</param>
    public void Send(long bytes, Action arrived)
    {
        var sent = _link.Now;
        _thread.Enqueue(() =>
        {
            _free = Instant.Max(sent, _free) + _link.TimeOf(bytes);
            _link.WaitUntil(_free + latency);
            arrived();
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _thread.Dispose();
}
