using SimServe.GpuBackend.Layers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers.UNets;

/// <summary>A masked pass that reads templates' rows where they were recorded.</summary>
/// <param name="lanes">Each lane's mask, and what it takes over.</param>
/// <param name="variant">What stands for unmasked tokens.</param>
/// <param name="modes">How much is computed.</param>
internal class RecordedPass(IReadOnlyList<LaneReuse> lanes, ReuseVariant variant, ReuseModes modes) : MaskedPass([.. lanes.Select(static lane => lane.Masks)], variant, modes)
{
    private int _next;

    /// <summary>Each lane's mask, and what it takes over.</summary>
    protected IReadOnlyList<LaneReuse> Lanes => lanes;

    /// <inheritdoc/>
    protected override Tensor Unmasked(PackedTokens tokens)
    {
        var next = _next++;
        var recorded = lanes.Select(lane => lane.Layers.Rows[next]);
        return tokens.Unmask([.. recorded]);
    }

    /// <inheritdoc/>
    protected override void Skip(int rows) => _next += rows;
}
