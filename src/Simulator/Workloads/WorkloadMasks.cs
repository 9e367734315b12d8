using SimServe.Policies;

namespace SimServe.Simulator.Workloads;

/// <summary>Makes the masks of a workload: blobs, or shared masks of which only the size is known.</summary>
internal sealed class WorkloadMasks(TokenGrid grid, bool shapes)
{
    // One mask for each size serves every request of that size: no allocation per request. Two runs at once may both make one, which is no harm.
    private readonly EditMask?[] _sized = new EditMask?[shapes ? 0 : grid.Count + 1];

    /// <summary>Whether a shape has to be drawn, from a stream of its own.</summary>
    public bool HasShapes => shapes;

    public EditMask Blob(double ratio, RandomStream shape) => MaskShapes.Blob(grid, ratio, shape);

    public EditMask OfSize(double ratio) => OfTokens(MaskShapes.TokensFor(ratio, grid));

    public EditMask OfTokens(int tokens) => _sized[tokens] ??= EditMask.OfSize(grid, tokens);
}
