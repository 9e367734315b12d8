using SimServe.Policies.Costs;

namespace SimServe.Policies.Pipelines;

/// <summary>The bubble-free pipeline as FlashPS prints it: each block is cached if that ends no later than computing it in full.</summary>
/// <remarks>
/// FlashPS (EuroSys '26), Algorithm 1, O(N). It keeps one state, so it is greedy: once loading is the bottleneck it caches almost every
/// block for no gain, up to 1.9 times the optimum (see <see cref="OptimalPipeline"/>). "In full" is <see cref="BlockMode.Recomputed"/> here,
/// with its resume load, which the paper does not have.
/// </remarks>
public sealed class GreedyPipeline : IPipelinePolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "greedy";

    /// <inheritdoc/>
    public int LookAhead => StepTimeline.Unlimited;

    /// <inheritdoc/>
    public void Choose(ReadOnlySpan<BlockCost> costs, Span<BlockMode> modes)
    {
        var (copied, computed) = (TimeSpan.Zero, TimeSpan.Zero);
        var previous = BlockMode.Plain;
        for (var i = 0; i < costs.Length; i++)
        {
            var cached = Next(costs[i], BlockMode.Cached, previous, copied, computed);
            var recomputed = costs[i].Allows(BlockMode.Recomputed, previous) ? Next(costs[i], BlockMode.Recomputed, previous, copied, computed) : Never;
            modes[i] = previous = cached.Computed <= recomputed.Computed ? BlockMode.Cached : BlockMode.Recomputed;
            (copied, computed) = previous == BlockMode.Cached ? cached : recomputed;
        }
    }

    private static (TimeSpan Copied, TimeSpan Computed) Never => (TimeSpan.MaxValue, TimeSpan.MaxValue);

    private static (TimeSpan Copied, TimeSpan Computed) Next(
        BlockCost cost, BlockMode mode, BlockMode previous, TimeSpan copied, TimeSpan computed)
    {
        copied += cost.Copy(mode, previous);
        return (copied, (copied > computed ? copied : computed) + cost.Compute(mode));
    }
}
