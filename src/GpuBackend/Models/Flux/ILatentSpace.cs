using SimServe.GpuBackend.Images;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>The space in which a served model denoises: images as latents of their tokens, and edited latents as an image. Any number of threads may use it at once.</summary>
public interface ILatentSpace : IDisposable
{
    /// <summary>An image's latents.</summary>
    /// <param name="image">The image, of the model's size.</param>
    /// <returns>[L, C], float32, in token order, on the model's device; the caller owns it.</returns>
    Tensor Encode(RgbImage image);

    /// <summary>The image of an edit: every pixel outside the mask stays the template's, bit for bit.</summary>
    /// <param name="template">The template's image, and its latents as <see cref="Encode"/> gives them.</param>
    /// <param name="mask">The edit.</param>
    /// <param name="masked">Latents of the masked tokens in ascending order, [m, C], float32, on the model's device.</param>
    /// <exception cref="ArithmeticException">A number is not finite.</exception>
    RgbImage Composite((RgbImage Image, Tensor Latents) template, EditMask mask, Tensor masked);
}
