using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>A double-stream block: text and image have their own weights and attend jointly.</summary>
/// <remarks>Source: FLUX.1's DoubleStreamBlock.</remarks>
internal sealed class DoubleBlock : FluxBlock
{
    private readonly Stream _image;
    private readonly Stream _text;

    /// <summary>Creates the block.</summary>
    public DoubleBlock(SeededWeights weights, FluxConfig config, string name)
    {
        _image = new Stream(weights, config, name + ".img");
        _text = new Stream(weights, config, name + ".txt");
    }

    /// <inheritdoc/>
    protected override HiddenRows Compute(PassLayout layout, Tensor condition, HiddenRows rows, Tensor? extra)
    {
        var (text, image) = rows.Split(layout);
        var modulation = _image.Modulation.Apply(condition);
        var imageModulation = layout.Image.Of(modulation);
        var textModulation = layout.Text.Of(_text.Modulation.Apply(condition));
        var fromText = _text.Heads.Project(BlockMath.Modulate(text, textModulation, 0), null);
        var fromImage = _image.Heads.Project(BlockMath.Modulate(image, imageModulation, 0), layout.ImageRotary);
        (Tensor, Tensor)? fromExtra = extra is null
            ? null
            : _image.Heads.ProjectKeyValue(BlockMath.Modulate(extra, layout.Extra.Of(modulation), 0), layout.ExtraRotary!);
        var (textAttention, imageAttention) = Attend(layout, fromText, fromImage, fromExtra);
        return new HiddenRows(_text.Finish(text, textModulation, textAttention), _image.Finish(image, imageModulation, imageAttention));
    }

    private static (Tensor Text, Tensor Image) Attend(
        PassLayout layout, (Tensor QueryKey, Tensor Value) text, (Tensor QueryKey, Tensor Value) image, (Tensor, Tensor)? extra)
    {
        var queryKey = Joint(layout, text.QueryKey, image.QueryKey);
        var attended = BlockMath.Attend(
            layout,
            [.. queryKey.Select(static both => both.select(1, 0))],
            [.. queryKey.Select(static both => both.select(1, 1))],
            Joint(layout, text.Value, image.Value),
            extra);
        return (
            PassLayout.Packed([.. attended.Select(rows => rows.narrow(0, 0, layout.TextTokens))]),
            PassLayout.Packed([.. attended.Select(rows => rows.narrow(0, layout.TextTokens, rows.shape[0] - layout.TextTokens))]));
    }

    private static Tensor[] Joint(PassLayout layout, Tensor text, Tensor image)
    {
        var joint = new Tensor[layout.Members];
        var next = 0;
        for (var member = 0; member < joint.Length; member++)
        {
            var rows = layout.ImageRows[member];
            joint[member] = cat([text.narrow(0, member * layout.TextTokens, layout.TextTokens), image.narrow(0, next, rows)]);
            next += rows;
        }

        return joint;
    }

    private sealed class Stream(SeededWeights weights, FluxConfig config, string name)
    {
        private readonly Linear _projection = weights.Linear(name + "_attn.proj", config.Width, config.Width);
        private readonly Linear _up = weights.Linear(name + "_mlp.0", config.Width, config.FeedForwardWidth);
        private readonly Linear _down = weights.Linear(name + "_mlp.2", config.FeedForwardWidth, config.Width);

        public Linear Modulation { get; } = weights.Modulation(name + "_mod.lin", config.Width, 6);

        public HeadProjection Heads { get; } =
            new(weights, config, weights.Linear(name + "_attn.qkv", config.Width, 3 * config.Width), name + "_attn.norm");

        public Tensor Finish(Tensor rows, Tensor modulation, Tensor attention)
        {
            var attended = BlockMath.AddGated(rows, modulation, 2, _projection.Apply(attention));
            var branch = BlockMath.FeedForward(_up, _down, BlockMath.Modulate(attended, modulation, 3));
            return BlockMath.AddGated(attended, modulation, 5, branch);
        }
    }
}
