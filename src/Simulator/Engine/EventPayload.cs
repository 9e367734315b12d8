namespace SimServe.Simulator.Engine;

/// <summary>What a scheduled event does, apart from its key.</summary>
internal struct EventPayload
{
    /// <summary>Who handles it; null when the event was cancelled or the slot is free.</summary>
    public IEventHandler? Handler;

    /// <summary>Order of the event that holds the slot: the generation that handles are checked against.</summary>
    public long Order;

    /// <summary>The handler's token, or the next free slot when the slot is free.</summary>
    public int Token;
}
