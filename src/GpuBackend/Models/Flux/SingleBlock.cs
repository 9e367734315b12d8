using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>A single-stream block: text and image as one sequence, attention and feed-forward side by side.</summary>
/// <remarks>
/// Source: FLUX.1's SingleStreamBlock. Its two fused layers are run as the parts they consist of: the same products,
/// without copying queries, keys, values and feed-forward channels apart and together.
/// </remarks>
internal sealed class SingleBlock : FluxBlock
{
    private readonly HeadProjection _heads;
    private readonly Linear _up;
    private readonly Linear _fromFeedForward;
    private readonly Tensor _fromAttention;
    private readonly Linear _modulation;

    /// <summary>Creates the block.</summary>
    public SingleBlock(SeededWeights weights, FluxConfig config, string name)
    {
        var (width, hidden) = (config.Width, config.FeedForwardWidth);
        var first = weights.Linear(name + ".linear1", width, (3 * width) + hidden);
        var second = weights.Linear(name + ".linear2", width + hidden, width);
        _heads = new HeadProjection(weights, config, weights.Outputs(first, 0, 3 * width), name + ".norm");
        _up = weights.Outputs(first, 3 * width, hidden);
        _fromAttention = weights.Own(second.Weight.narrow(1, 0, width).t());
        _fromFeedForward = new Linear(weights.Own(second.Weight.narrow(1, width, hidden)), second.Bias);
        _modulation = weights.Modulation(name + ".modulation.lin", width, 3);
    }

    /// <inheritdoc/>
    protected override HiddenRows Compute(PassLayout layout, Tensor condition, HiddenRows rows, Tensor? extra)
    {
        var sequence = rows.Joined(layout);
        var modulation = _modulation.Apply(condition);
        var own = layout.Sequence.Of(modulation);
        var input = BlockMath.Modulate(sequence, own, 0);
        (Tensor, Tensor)? fromExtra = extra is null
            ? null
            : _heads.ProjectKeyValue(BlockMath.Modulate(extra, layout.Extra.Of(modulation), 0), layout.ExtraRotary!);
        var attention = Attend(layout, _heads.Project(input, layout.SequenceRotary), fromExtra);
        var branch = _fromFeedForward.Apply(BlockMath.Gelu(_up.Apply(input))).addmm_(attention, _fromAttention);
        return new HiddenRows(BlockMath.AddGated(sequence, own, 2, branch));
    }

    private static Tensor Attend(PassLayout layout, (Tensor QueryKey, Tensor Value) own, (Tensor, Tensor)? extra)
    {
        long[] sizes = [.. layout.SequenceRows.Select(static rows => (long)rows)];
        return PassLayout.Packed(BlockMath.Attend(
            layout,
            own.QueryKey.select(1, 0).split(sizes),
            own.QueryKey.select(1, 1).split(sizes),
            own.Value.split(sizes),
            extra));
    }
}
