using SimServe.Policies.Costs;

namespace SimServe.Policies.Pipelines;

/// <summary>No reuse: every token of every request is computed, as in diffusers.</summary>
public sealed class FullPipeline : IPipelinePolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "full";

    /// <inheritdoc/>
    public int LookAhead => 0;

    /// <inheritdoc/>
    public void Choose(ReadOnlySpan<BlockCost> costs, Span<BlockMode> modes) => modes.Fill(BlockMode.Plain);
}
