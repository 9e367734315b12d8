using System.Runtime.CompilerServices;

namespace SimServe.Simulator.Engine;

/// <summary>The payloads of pending events. Free slots form a list, last freed first, because its memory is the warmest.</summary>
internal sealed class EventSlots
{
    private const int None = -1;

    private EventPayload[] _slots = new EventPayload[64];
    private int _free = None;
    private int _used;

    public int Take(IEventHandler handler, int token, long order)
    {
        var index = _free == None ? Grow() : _free;
        ref var slot = ref _slots[index];
        _free = slot.Token;
        slot.Handler = handler;
        slot.Token = token;
        slot.Order = order;
        return index;
    }

    /// <summary>Frees a slot and says what was in it; null when the event was cancelled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public IEventHandler? Free(int index, out int token)
    {
        ref var slot = ref _slots[index];
        var handler = slot.Handler;
        token = slot.Token;
        slot.Handler = null;
        slot.Token = _free;
        _free = index;
        return handler;
    }

    public bool IsCancelled(int index) => _slots[index].Handler is null;

    public bool Cancel(EventHandle handle)
    {
        ref var slot = ref _slots[handle.Slot];
        if (slot.Handler is null || slot.Order != handle.Order)
        {
            return false;
        }

        slot.Handler = null;
        return true;
    }

    private int Grow()
    {
        if (_used == _slots.Length)
        {
            Array.Resize(ref _slots, _used * 2);
        }

        _slots[_used].Token = None;
        return _used++;
    }
}
