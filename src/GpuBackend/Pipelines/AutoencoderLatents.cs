using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Models.Flux;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>An autoencoder's latents: of an image the mean of what the encoder gives, packed as Flux's tokens.</summary>
/// <remarks>An edit is decoded among the template's own latents, so that the borders of what it changed fit what stays.</remarks>
/// <param name="codec">The autoencoder; owned from now on.</param>
/// <param name="grid">The model's grid.</param>
internal sealed class AutoencoderLatents(LatentCodec codec, TokenGrid grid) : ILatentSpace
{
    /// <inheritdoc/>
    public Tensor Encode(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var scope = NewDisposeScope();
        return FluxPacking.Pack(codec.Encode(image)).squeeze(0).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public RgbImage Composite((RgbImage Image, Tensor Latents) template, EditMask mask, Tensor masked)
    {
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(masked);
        using var scope = NewDisposeScope();
        var tokens = tensor(mask.EditedTokens().Select(static token => (long)token).ToArray()).to(masked.device);
        var latents = template.Latents.index_copy(0, tokens, masked).unsqueeze(0);
        return codec.Composite(FluxPacking.Unpack(latents, grid.Rows, grid.Columns), new InpaintSource { Image = template.Image, Mask = mask.Pixels });
    }

    /// <inheritdoc/>
    public void Dispose() => codec.Dispose();
}
