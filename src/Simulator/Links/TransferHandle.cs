namespace SimServe.Simulator.Links;

/// <summary>Names one transfer, to cancel it. Stays harmless after the transfer has arrived; the default value names none.</summary>
public readonly record struct TransferHandle
{
    internal TransferHandle(int slot, long sequence) => (Slot, Sequence) = (slot, sequence);

    internal int Slot { get; }

    /// <summary>Number of the transfer in its network, from 1: slots are reused, this is not.</summary>
    internal long Sequence { get; }
}
