using SimServe.GpuBackend.Schedulers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>The known part of an edit by Flux: put back after every step at that step's noise level.</summary>
/// <param name="Mask">[1, tokens, 4C]: 1 where it is edited.</param>
/// <param name="Image">The image's packed latents, [B, tokens, 4C].</param>
/// <param name="Noise">What denoising starts from, packed.</param>
internal sealed record FluxInpainting(Tensor Mask, Tensor Image, Tensor Noise)
{
    /// <summary>The latents with the known part put back.</summary>
    /// <param name="latents">After the step, packed.</param>
    /// <param name="scheduler">Gives the noise level.</param>
    /// <param name="nextStep">The step that will follow.</param>
    public Tensor Blend(Tensor latents, INoiseScheduler scheduler, int nextStep) =>
        scheduler.AddNoise(Image, Noise, nextStep).mul(Mask.neg().add(1)).add(latents.mul(Mask));

    /// <summary>Prepares an edit.</summary>
    /// <param name="request">The request; its source is there.</param>
    /// <param name="codec">The autoencoder.</param>
    /// <param name="shape">Shape of the latents, [B, C, h, w].</param>
    /// <param name="device">Where the latents are.</param>
    public static FluxInpainting Of(ImageRequest request, LatentCodec codec, long[] shape, Device device)
    {
        var source = request.Source!;
        var pixels = PixelTensors.Of(source.Image).mul(2).sub(1).expand(shape[0], -1, -1, -1);
        var image = codec.Encode(pixels, request.Noise.Draw(NoiseUse.EncodedImage, shape));
        var noise = request.Latents ?? FluxPacking.Pack(request.Noise.Draw(NoiseUse.InitialLatents, shape));
        var grid = PixelTensors.Of(source.Mask).slice(2, 0, request.Height, codec.Downscale).slice(3, 0, request.Width, codec.Downscale);
        return new FluxInpainting(
            FluxPacking.Pack(grid.expand(-1, codec.Channels, -1, -1).contiguous()).to(device), FluxPacking.Pack(image).to(device), noise.to(device));
    }
}
