using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Models.DiT;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>A double-stream block: text and image have their own weights and attend jointly.</summary>
/// <remarks>Source: diffusers' <c>FluxTransformerBlock</c>.</remarks>
internal sealed class DoubleBlock : FluxBlock
{
    private readonly Stream _image;
    private readonly Stream _text;

    /// <summary>Creates the block.</summary>
    /// <param name="weights">Its place.</param>
    /// <param name="config">The model's sizes.</param>
    /// <param name="number">Its number among the double-stream blocks.</param>
    public DoubleBlock(WeightScope weights, FluxTransformerConfig config, int number)
        : base(weights)
    {
        var attention = weights.Sub("attn");
        _image = new Stream(config, weights.Sub("norm1"), HeadProjection.OfImage(attention, config), attention.Sub("to_out.0"), weights.Sub("ff"), config.ImageFeedForward(number));
        _text = new Stream(
            config, weights.Sub("norm1_context"), HeadProjection.OfText(attention, config), attention.Sub("to_add_out"), weights.Sub("ff_context"), config.TextFeedForward(number));
    }

    /// <inheritdoc/>
    protected override HiddenRows Compute(PassLayout layout, Tensor condition, HiddenRows rows, ReusedRows? extra)
    {
        var (text, image) = rows.Split(layout);
        var modulation = _image.Modulation.Apply(condition);
        var imageModulation = layout.Image.Of(modulation);
        var textModulation = layout.Text.Of(_text.Modulation.Apply(condition));
        var fromText = _text.Heads.Project(textModulation.Norm(text, 0, 1));
        var fromImage = _image.Heads.Project(imageModulation.Norm(image, 0, 1));
        var fromExtra = extra?.KeysValues(layout, _image.Heads.Count, reused => _image.Heads.ProjectKeyValue(layout.Extra.Of(modulation).Norm(reused, 0, 1)));
        var joint = (
            layout.Join(fromText.Query, fromImage.Query), layout.Join(fromText.Key, fromImage.Key), layout.Join(fromText.Value, fromImage.Value));
        var (textAttention, imageAttention) = layout.Split(PackedAttention.Run(layout, joint, fromExtra));
        return new HiddenRows(
            Finite(_text.Finish(text, textModulation, textAttention)), _image.Finish(image, imageModulation, imageAttention));
    }

    /// <inheritdoc/>
    protected override (Tensor Key, Tensor Value) ProjectImage(RowOwners owners, Tensor condition, Tensor image) =>
        _image.Heads.ProjectKeyValue(owners.Of(_image.Modulation.Apply(condition)).Norm(image, 0, 1));

    private sealed class Stream(
        FluxTransformerConfig config, WeightScope norm, HeadProjection heads, WeightScope output, WeightScope feedForward, int hidden)
    {
        private readonly Linear _output = new(output, config.Width, config.Width);
        private readonly FeedForward _feedForward = new(feedForward, config.Width, hidden);

        // Shift, scale and gate of the attention, then of the feed-forward network.
        public ModulationLayer Modulation { get; } = new(norm.Sub("linear"), config.Width, 6);

        public HeadProjection Heads => heads;

        public Tensor Finish(Tensor rows, RowModulation modulation, Tensor attention)
        {
            var attended = modulation.AddGated(rows, 2, _output.Apply(attention));
            return modulation.AddGated(attended, 5, _feedForward.Apply(modulation.Norm(attended, 3, 4)));
        }
    }
}
