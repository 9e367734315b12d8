using SimServe.GpuBackend.Layers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>How a forward pass computes its layers; as it stands, in full.</summary>
/// <remarks>A pass of one's own records what layers make, or computes only what a mask touches. Layers come in their order of execution, which never changes.</remarks>
internal interface IUNetPass : IBlockListener
{
    /// <summary>Every layer in full.</summary>
    static IUNetPass Plain { get; } = new PlainPass();

    /// <summary>The first convolution, [B, C, h, w] to [B, C', h, w].</summary>
    Tensor First(Conv2d conv, Tensor sample) => conv.Apply(sample);

    /// <summary>A ResNet block, [B, C, h, w] to [B, C', h, w].</summary>
    Tensor Resnet(ResnetBlock block, Tensor input, StepCondition condition) => block.Apply(input, condition);

    /// <summary>A transformer, [B, C, h, w] to the same.</summary>
    Tensor Transform(SpatialTransformer transformer, Tensor image, TextTokens text) => transformer.Apply(image, text, this);

    /// <summary>A convolution that halves the resolution.</summary>
    Tensor Halve(Downsample layer, Tensor input) => layer.Apply(input);

    /// <summary>Twice the resolution, and a convolution.</summary>
    Tensor Double(Upsample layer, Tensor input, Tensor like) => layer.Apply(input, like);

    /// <summary>The last norm and convolution, to [B, out channels, h, w].</summary>
    Tensor Last(OutputHead head, Tensor input) => head.Apply(input);

    /// <summary>Nobody listens.</summary>
    void IBlockListener.Issued()
    {
    }

    private sealed class PlainPass : IUNetPass;
}
