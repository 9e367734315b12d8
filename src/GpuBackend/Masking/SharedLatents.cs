using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Models.Flux;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>Another model's space of latents, which stays its own.</summary>
internal sealed class SharedLatents(ILatentSpace latents) : ILatentSpace
{
    /// <inheritdoc/>
    public Tensor Encode(RgbImage image) => latents.Encode(image);

    /// <inheritdoc/>
    public RgbImage Composite((RgbImage Image, Tensor Latents) template, EditMask mask, Tensor masked) => latents.Composite(template, mask, masked);

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
