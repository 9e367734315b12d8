using SimServe.GpuBackend.Schedulers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>The known part of an edit by Flux: put back after every step at that step's noise level.</summary>
/// <param name="Mask">[1, tokens, 4C]: 1 where it is edited.</param>
/// <param name="Image">The image's packed latents, [B, tokens, 4C].</param>
/// <param name="Noise">What denoising starts from, packed.</param>
/// <param name="Clean">Whether the known part is put back as it is; see <see cref="Models.Flux.FluxConfig.CleanContext"/>.</param>
internal sealed record FluxInpainting(Tensor Mask, Tensor Image, Tensor Noise, bool Clean)
{
    /// <summary>The latents with the known part put back.</summary>
    /// <param name="latents">After the step, packed.</param>
    /// <param name="scheduler">Gives the noise level.</param>
    /// <param name="nextStep">The step that will follow.</param>
    public Tensor Blend(Tensor latents, INoiseScheduler scheduler, int nextStep) =>
        (Clean ? Image : scheduler.AddNoise(Image, Noise, nextStep)).mul(Mask.neg().add(1)).add(latents.mul(Mask));

    /// <summary>Prepares an edit.</summary>
    /// <param name="request">The request; its source is there.</param>
    /// <param name="codec">The autoencoder.</param>
    /// <param name="shape">Shape of the latents, [B, C, h, w].</param>
    /// <param name="device">Where the latents are.</param>
    /// <param name="clean">Whether the known part is put back as it is.</param>
    public static FluxInpainting Of(ImageRequest request, LatentCodec codec, long[] shape, Device device, bool clean)
    {
        var source = request.Source!;
        var pixels = PixelTensors.Of(source.Image).mul(2).sub(1).expand(shape[0], -1, -1, -1);
        var image = codec.Encode(pixels, request.Noise.Draw(NoiseUse.EncodedImage, shape));
        var noise = request.Latents ?? FluxPacking.Pack(request.Noise.Draw(NoiseUse.InitialLatents, shape));
        var grid = PixelTensors.Of(source.Mask).slice(2, 0, request.Height, codec.Downscale).slice(3, 0, request.Width, codec.Downscale);
        var mask = FluxPacking.Pack(grid.expand(-1, codec.Channels, -1, -1).contiguous()).to(device);
        // A token is known or it is not: no model has seen one that is half of each.
        mask = clean ? mask.amax([2], keepdim: true).expand_as(mask) : mask;
        return new FluxInpainting(mask, FluxPacking.Pack(image).to(device), noise.to(device), clean);
    }
}
