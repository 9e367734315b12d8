using SimServe.Policies.Costs;

namespace SimServe.Policies.Pipelines;

/// <summary>Reuses every block and loads block i while block i-1 computes.</summary>
/// <remarks>The strawman of FlashPS (EuroSys '26), Figure 9: bubbles appear wherever loading is slower than computing.</remarks>
public sealed class StrawmanPipeline : IPipelinePolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "strawman";

    /// <inheritdoc/>
    public int LookAhead => 1;

    /// <inheritdoc/>
    public void Choose(ReadOnlySpan<BlockCost> costs, Span<BlockMode> modes) => modes.Fill(BlockMode.Cached);
}
