using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>What a template's steps have in common.</summary>
/// <remarks>
/// The embedding of latents is affine and the weights of image and noise add up to 1, so the embedding of a noised template is the same mix of the
/// two embeddings: one blend of H channels replaces a product of C x H in every step.
/// </remarks>
internal sealed class TemplateConstants : IDisposable
{
    /// <summary>Latents of the image, [L, C], float32.</summary>
    public required Tensor Image { get; init; }

    /// <summary>Noise of the template's seed, [L, C], float32.</summary>
    public required Tensor Noise { get; init; }

    /// <summary>Embedded latents, [L, H].</summary>
    public required Tensor EmbeddedImage { get; init; }

    /// <summary>Embedded noise, [L, H].</summary>
    public required Tensor EmbeddedNoise { get; init; }

    /// <summary>Embedded prompt, [T, H].</summary>
    public required Tensor Text { get; init; }

    /// <summary>The prompt's part of the condition, [1, H].</summary>
    public required Tensor PooledVector { get; init; }

    /// <summary>The noise levels' part of the condition, [steps, H].</summary>
    public required Tensor TimeVectors { get; init; }

    /// <summary>Computes them.</summary>
    public static TemplateConstants Create(FluxModel model, EditTemplate template, double[] sigmas)
    {
        using var scope = NewDisposeScope();
        var image = model.Encode(template.Image);
        var noise = InitialNoise.Draw(model, template.Seed, [.. Enumerable.Range(0, model.Config.Grid.Count)]);
        var prompt = model.Prompts.Encode(template.Prompt);
        return new TemplateConstants
        {
            Image = image.DetachFromDisposeScope(),
            Noise = noise.DetachFromDisposeScope(),
            EmbeddedImage = model.EmbedLatents(image).DetachFromDisposeScope(),
            EmbeddedNoise = model.EmbedLatents(noise).DetachFromDisposeScope(),
            Text = model.EmbedText(prompt).DetachFromDisposeScope(),
            PooledVector = model.PooledVector(prompt).DetachFromDisposeScope(),
            TimeVectors = model.TimeVectors(sigmas[..^1]).DetachFromDisposeScope(),
        };
    }

    /// <summary>A copy on another device.</summary>
    public TemplateConstants To(Device device) => new()
    {
        Image = Moved(Image, device),
        Noise = Moved(Noise, device),
        EmbeddedImage = Moved(EmbeddedImage, device),
        EmbeddedNoise = Moved(EmbeddedNoise, device),
        Text = Moved(Text, device),
        PooledVector = Moved(PooledVector, device),
        TimeVectors = Moved(TimeVectors, device),
    };

    /// <summary>A noised template: (1 - sigma) * image + sigma * noise, for latents or their embeddings.</summary>
    public static Tensor Noised(Tensor image, Tensor noise, double sigma) => image.mul(1 - sigma).add_(noise, sigma);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in new[] { Image, Noise, EmbeddedImage, EmbeddedNoise, Text, PooledVector, TimeVectors })
        {
            tensor.Dispose();
        }
    }

    private static Tensor Moved(Tensor tensor, Device device) => tensor.to(device).DetachFromDisposeScope();
}
