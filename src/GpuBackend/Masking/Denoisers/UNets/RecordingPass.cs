using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Models.UNets;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers.UNets;

/// <summary>A plain forward pass whose layers are kept.</summary>
/// <remarks>
/// Rows of each transformer: of each block but the first its input, or keys and then values; at the end what is added to the image. Maps, where they are kept: the result of every convolution, a ResNet
/// block's without its shortcut first.
/// </remarks>
internal sealed class RecordingPass(IReadOnlyList<RecordedLayers> lanes, RecordingOptions options) : IUNetPass, ITokenRecorder
{
    public Tensor First(Conv2d conv, Tensor sample) => Kept(conv.Apply(sample));

    public Tensor Resnet(ResnetBlock block, Tensor input, StepCondition condition) =>
        Kept(block.Apply(input, condition, hidden => Kept(hidden)));

    public Tensor Transform(SpatialTransformer transformer, Tensor image, TextTokens text) => transformer.Apply(image, text, this, this);

    public Tensor Halve(Downsample layer, Tensor input) => Kept(layer.Apply(input));

    public Tensor Double(Upsample layer, Tensor input, Tensor like) => Kept(layer.Apply(input, like));

    public Tensor Last(OutputHead head, Tensor input) => Kept(head.Apply(input));

    public void Input(TransformerBlock block, Tensor tokens)
    {
        if (options.Variant == ReuseVariant.BlockInputs)
        {
            RecordedLayers.AddRows(lanes, tokens);
            return;
        }

        using var scope = NewDisposeScope();
        var (key, value) = block.KeysAndValues(tokens);
        RecordedLayers.AddRows(lanes, key);
        RecordedLayers.AddRows(lanes, value);
    }

    public void Output(Tensor rows) => RecordedLayers.AddRows(lanes, rows);

    private Tensor Kept(Tensor map)
    {
        if (options.Maps)
        {
            RecordedLayers.AddMap(lanes, map);
        }

        return map;
    }
}
