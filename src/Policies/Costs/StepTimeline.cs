namespace SimServe.Policies.Costs;

/// <summary>
/// The one evaluator: turns a plan's modes and their costs into a timeline on the compute and the copy stream. Planners minimise it,
/// routers predict with it, the simulated device sleeps for it, and the real device is measured against it.
/// </summary>
/// <remarks>
/// Copies run in block order on one stream; block i computes when block i-1 has computed and its own rows have arrived. With look-ahead w,
/// the copy of block i starts no earlier than the end of block i-w-1, whose buffer it takes. Each step starts with both streams empty
/// (FlashPS, EuroSys '26, section 3.2 and Algorithm 1, whose recurrence this is when w is at least the number of blocks). O(N).
/// </remarks>
public static class StepTimeline
{
    /// <summary>A look-ahead without bound: every block has its own buffer.</summary>
    public const int Unlimited = int.MaxValue;

    private const int BlocksOnStack = 256;

    /// <summary>Time from the start of the first block to the end of the one before another.</summary>
    /// <param name="block">The other block, from 0 to their number.</param>
    /// <param name="costs">Cost of every block.</param>
    /// <param name="modes">Mode of every block; as many as <paramref name="costs"/>.</param>
    /// <param name="lookAhead">Blocks the copy stream may be ahead, 0 or more.</param>
    public static TimeSpan Until(int block, ReadOnlySpan<BlockCost> costs, IReadOnlyList<BlockMode> modes, int lookAhead)
    {
        ReadOnlySpan<BlockMode> before = modes as BlockMode[] ?? [.. modes];
        return Evaluate(costs[..block], before[..block], lookAhead);
    }

    /// <summary>Time from the start of the first block to the end of the last.</summary>
    /// <param name="costs">Cost of every block.</param>
    /// <param name="modes">Mode of every block; as long as <paramref name="costs"/>.</param>
    /// <param name="lookAhead">Blocks the copy stream may be ahead, 0 or more.</param>
    /// <param name="timings">Receives every block's times; empty, or as long as <paramref name="costs"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static TimeSpan Evaluate(
        ReadOnlySpan<BlockCost> costs, ReadOnlySpan<BlockMode> modes, int lookAhead, Span<BlockTiming> timings = default)
    {
        if (modes.Length != costs.Length || (!timings.IsEmpty && timings.Length != costs.Length))
        {
            throw new ArgumentException($"{costs.Length} blocks need {costs.Length} modes and timings, not {modes.Length} and {timings.Length}.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(lookAhead);
        Span<long> ends = costs.Length <= BlocksOnStack ? stackalloc long[costs.Length] : new long[costs.Length];
        var (copied, computed) = (0L, 0L);
        for (var i = 0; i < costs.Length; i++)
        {
            var copy = costs[i].Copy(modes[i], i == 0 ? BlockMode.Plain : modes[i - 1]).Ticks;
            var bufferFree = i > lookAhead ? ends[i - lookAhead - 1] : 0;
            var copyStart = copy == 0 ? copied : Math.Max(copied, bufferFree);
            copied = copyStart + copy;
            var start = copy == 0 ? computed : Math.Max(copied, computed);
            ends[i] = computed = start + costs[i].Compute(modes[i]).Ticks;
            if (!timings.IsEmpty)
            {
                timings[i] = new BlockTiming(new(copyStart), new(copied), new(start), new(computed));
            }
        }

        return new TimeSpan(computed);
    }
}
