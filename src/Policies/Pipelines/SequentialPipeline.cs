using SimServe.Policies.Costs;

namespace SimServe.Policies.Pipelines;

/// <summary>Loads a block's rows, then computes it, then loads the next: nothing overlaps.</summary>
/// <remarks>The naive scheme of FlashPS (EuroSys '26), Figures 4 and 9.</remarks>
public sealed class SequentialPipeline : IPipelinePolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "sequential";

    /// <inheritdoc/>
    public int LookAhead => 0;

    /// <inheritdoc/>
    public void Choose(ReadOnlySpan<BlockCost> costs, Span<BlockMode> modes) => modes.Fill(BlockMode.Cached);
}
