using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Layers;

/// <summary>How one U-Net or ControlNet computes its layers; owns what is made of its weights for that.</summary>
/// <param name="use">What is switched on.</param>
internal sealed class Backbone(BackboneOptimisations use) : IDisposable
{
    private readonly List<IDisposable> _made = [];

    /// <summary>What is switched on.</summary>
    public BackboneOptimisations Use => use;

    /// <summary>An image in the layout that the model computes in.</summary>
    /// <param name="image">[B, C, h, w].</param>
    /// <returns>The same numbers; a copy where the layout is another.</returns>
    public Tensor LaidOut(Tensor image) => use.ChannelsLast ? ChannelsLast(image) : image;

    /// <summary>A convolution's weight in the layout that the model computes in, or <c>null</c> where that is its own.</summary>
    public DerivedWeight? LaidOut(Weight weight) => use.ChannelsLast ? Kept(new DerivedWeight(static values => ChannelsLast(values[0]), weight)) : null;

    /// <summary>A convolution's weights as oneDNN packs them, or <c>null</c> where they are not packed.</summary>
    public PackedConvolution? Packed(Weight weight, int stride, int padding) => use.PrepackedWeights ? Kept(new PackedConvolution(weight, stride, padding)) : null;

    /// <summary>Weights of linear layers with one input, one below the other, or <c>null</c> where each is computed alone.</summary>
    public DerivedWeight? Joined(params Weight[] weights) => use.JoinedProjections ? Kept(new DerivedWeight(static values => cat(values, 0), weights)) : null;

    /// <inheritdoc/>
    public void Dispose() => _made.ForEach(static made => made.Dispose());

    // TorchSharp has no memory formats: the strides are made by hand.
    private static Tensor ChannelsLast(Tensor image) => image.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

    private T Kept<T>(T made)
        where T : IDisposable
    {
        _made.Add(made);
        return made;
    }
}
