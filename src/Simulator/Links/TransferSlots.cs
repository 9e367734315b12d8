using SimServe.Simulator.Engine;

namespace SimServe.Simulator.Links;

/// <summary>The transfers of a network. Free slots form a list, so that a transfer costs no allocation in steady state.</summary>
internal sealed class TransferSlots
{
    private const int None = -1;

    private Transfer[] _slots = new Transfer[16];
    private int _free = None;
    private int _used;
    private long _started;

    public ref Transfer this[int slot] => ref _slots[slot];

    public int Take(Route route, long bytes, IEventHandler handler, int token)
    {
        var index = _free == None ? Grow() : _free;
        ref var slot = ref _slots[index];
        _free = slot.Token;
        slot = new Transfer { Route = route, Bytes = bytes, Handler = handler, Token = token, Sequence = ++_started };
        return index;
    }

    public bool Holds(TransferHandle handle) =>
        handle.Slot < _used && _slots[handle.Slot].Handler is not null && _slots[handle.Slot].Sequence == handle.Sequence;

    public Transfer Free(int index)
    {
        var transfer = _slots[index];
        _slots[index].Handler = null;
        _slots[index].Token = _free;
        _free = index;
        return transfer;
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
