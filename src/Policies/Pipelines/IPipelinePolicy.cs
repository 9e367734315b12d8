using SimServe.Policies.Costs;

namespace SimServe.Policies.Pipelines;

/// <summary>Decides for every block of a step where the template's rows come from.</summary>
public interface IPipelinePolicy
{
    /// <summary>Blocks the copy stream may be ahead of the compute stream; 0 loads and computes in turn.</summary>
    int LookAhead { get; }

    /// <summary>Decides.</summary>
    /// <param name="costs">What each block costs the batch in each mode.</param>
    /// <param name="modes">Receives one mode per block.</param>
    void Choose(ReadOnlySpan<BlockCost> costs, Span<BlockMode> modes);
}
