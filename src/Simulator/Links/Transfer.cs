using SimServe.Simulator.Engine;

namespace SimServe.Simulator.Links;

/// <summary>A transfer under way, or a free slot.</summary>
internal struct Transfer
{
    public Route Route;

    /// <summary>Who hears of its arrival; null when the slot is free.</summary>
    public IEventHandler? Handler;

    /// <summary>The handler's token, or the next free slot when the slot is free.</summary>
    public int Token;

    public long Bytes;

    /// <summary>The transfer's number: the generation that handles are checked against.</summary>
    public long Sequence;

    /// <summary>What the route had given each of its transfers when this one started.</summary>
    public double StartMark;

    /// <summary>Every byte has been sent; <see cref="Arrival"/> is the event of the last one's arrival.</summary>
    public bool Sent;

    public EventHandle Arrival;
}
