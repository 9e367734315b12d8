using SimServe.GpuBackend.Schedulers;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>The known part of an edit on the latent grid.</summary>
/// <remarks>
/// Two kinds of UNet edit: one with nine input channels is shown mask and masked image and is trusted with the rest; one with four has the known latents put
/// back after every step at that step's noise level (diffusers' inpainting pipelines).
/// </remarks>
internal sealed class LatentInpainting
{
    private readonly Tensor _mask;
    private readonly Tensor? _image;
    private readonly Tensor? _maskedImage;
    private readonly Tensor _noise;

    private LatentInpainting(Tensor mask, Tensor? image, Tensor? maskedImage, Tensor noise) =>
        (_mask, _image, _maskedImage, _noise) = (mask, image, maskedImage, noise);

    /// <summary>What denoising starts from, before the scheduler's scale: noise alone.</summary>
    public Tensor Noise => _noise;

    /// <summary>The image's latents, or <c>null</c> where nothing needs them.</summary>
    public Tensor? Image => _image;

    /// <summary>Prepares an edit.</summary>
    /// <param name="request">The request; its source is there.</param>
    /// <param name="codec">The autoencoder.</param>
    /// <param name="shape">Shape of the latents, [B, C, h, w].</param>
    /// <param name="nineChannels">Whether the UNet is shown mask and masked image.</param>
    /// <param name="device">Where the latents are.</param>
    public static LatentInpainting Of(ImageRequest request, LatentCodec codec, long[] shape, bool nineChannels, Device device)
    {
        var source = request.Source!;
        var pixels = PixelTensors.Of(source.Image).mul(2).sub(1);
        var mask = PixelTensors.Of(source.Mask);
        // Draws come in diffusers' order, and also where nothing is made of them, so that the same seed gives the same image as there.
        var image = source.Strength < 1 || !nineChannels
            ? codec.Encode(pixels.expand(shape[0], -1, -1, -1), request.Noise.Draw(NoiseUse.EncodedImage, shape))
            : null;
        var noise = request.Latents ?? request.Noise.Draw(NoiseUse.InitialLatents, shape);
        var maskedNoise = request.Noise.Draw(NoiseUse.EncodedImage, shape);
        var masked = nineChannels ? codec.Encode(pixels.mul(mask.lt(0.5)).expand(shape[0], -1, -1, -1), maskedNoise) : null;
        // Every Downscale-th pixel: nearest-neighbour resizing, as the reference does.
        var grid = mask.slice(2, 0, request.Height, codec.Downscale).slice(3, 0, request.Width, codec.Downscale);
        return new LatentInpainting(grid.to(device), image, masked, noise.to(device));
    }

    /// <summary>Whether the mask has pixels and none of them falls on the latent grid.</summary>
    /// <param name="source">The edit.</param>
    public bool MissesTheGrid(InpaintSource source) => source.Mask.Edited.Contains(true) && !_mask.gt(0).any().ToBoolean();

    /// <summary>The UNet's input with mask and masked image where it takes them.</summary>
    /// <param name="input">[n * B, C, h, w].</param>
    public Tensor Extend(Tensor input)
    {
        if (_maskedImage is null)
        {
            return input;
        }

        var copies = input.shape[0] / _maskedImage.shape[0];
        return cat([input, _mask.expand(input.shape[0], -1, -1, -1), _maskedImage.repeat(copies, 1, 1, 1)], 1);
    }

    /// <summary>The channels that <see cref="Extend"/> adds for one image, [1, C', h, w], or <c>null</c> for UNets that are not shown the mask.</summary>
    /// <param name="image">Its number.</param>
    public Tensor? ContextOf(int image) => _maskedImage is null ? null : cat([_mask, _maskedImage.narrow(0, image, 1)], 1);

    /// <summary>The latents with the known part put back, for UNets that are not shown it.</summary>
    /// <param name="latents">After the step.</param>
    /// <param name="scheduler">Gives the noise level.</param>
    /// <param name="nextStep">The step that will follow.</param>
    public Tensor Blend(Tensor latents, INoiseScheduler scheduler, int nextStep)
    {
        if (_maskedImage is not null)
        {
            return latents;
        }

        var known = scheduler.AddNoise(_image!, _noise, nextStep);
        return known.mul(_mask.neg().add(1)).add(latents.mul(_mask));
    }
}
