using System.Runtime.CompilerServices;
using SimServe.Policies;

namespace SimServe.Simulator.Engine;

/// <summary>An element of the event heap: the event's full key and where its payload is.</summary>
/// <param name="Due">When.</param>
/// <param name="Order">
/// Phase in the top bits, sequence below, e.g. the 7th event, of phase Arrival (2), has 2 * 2^60 + 7. Never negative; unique in its calendar.
/// </param>
/// <param name="Slot">Place of the payload in the calendar.</param>
/// <remarks>Holds no reference, so the garbage collector need not be told each time the heap moves one.</remarks>
internal readonly record struct EventKey(Instant Due, long Order, int Slot)
{
    /// <summary>Bits of <see cref="Order"/> that hold the sequence: 10^18 events.</summary>
    private const int SequenceBits = 60;

    public static long OrderOf(Phase phase, long sequence) => ((long)phase << SequenceBits) + sequence;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsBefore(in EventKey other) =>
        Due.Ticks < other.Due.Ticks || (Due.Ticks == other.Due.Ticks && Order < other.Order);
}
