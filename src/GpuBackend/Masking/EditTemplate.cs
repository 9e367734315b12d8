using SimServe.GpuBackend.Images;

namespace SimServe.GpuBackend.Masking;

/// <summary>An image that is edited again and again, with the prompt and seed its own inference runs with.</summary>
/// <param name="Image">The image; its size must be the model's.</param>
/// <param name="Prompt">What the image shows.</param>
/// <param name="Seed">Seed of its noise.</param>
public sealed record EditTemplate(RgbImage Image, string Prompt, long Seed)
{
    /// <summary>The picture that ControlNets are shown in edits of it: edges, depth or a pose, of the image's size.</summary>
    /// <value><c>null</c>: the image itself.</value>
    public RgbImage? ControlPicture { get; init; }
}
