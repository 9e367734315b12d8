using SimServe.GpuBackend.Images;
using SimServe.Policies;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>The image that is edited, and where.</summary>
public sealed record InpaintSource
{
    /// <summary>The image, of the request's size.</summary>
    public required RgbImage Image { get; init; }

    /// <summary>Where it is edited, of the same size.</summary>
    public required PixelMask Mask { get; init; }

    /// <summary>Share of the noise that is put on the image before denoising: 1 starts from noise alone.</summary>
    /// <value>1.</value>
    public double Strength { get; init; } = 1;

    /// <summary>Throws unless image and mask have one size.</summary>
    /// <exception cref="InvalidRequestException">They differ.</exception>
    public void RequireOneSize()
    {
        if ((Image.Width, Image.Height) != (Mask.Width, Mask.Height))
        {
            throw new InvalidRequestException($"The image is {Image.Width}x{Image.Height} pixels, its mask {Mask.Width}x{Mask.Height}; they must be of one size.");
        }
    }
}
