namespace SimServe.Simulator.Engine;

/// <summary>Names one scheduled event, to cancel it. Stays harmless after the event has been handled.</summary>
/// <remarks>
/// Slots are reused; <c>Order</c> holds the event's sequence number, which never is. It is the slot's generation: an old handle
/// cannot cancel the slot's next event. The default value names no event.
/// </remarks>
public readonly record struct EventHandle
{
    internal EventHandle(int slot, long order)
    {
        Slot = slot;
        Order = order;
    }

    internal int Slot { get; }

    internal long Order { get; }
}
