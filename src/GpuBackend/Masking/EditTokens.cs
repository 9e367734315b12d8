using SimServe.GpuBackend.Models.Flux;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>What of an edit depends on its mask only: indices, rotary factors, and its template's embedded unmasked tokens.</summary>
internal sealed class EditTokens : IDisposable
{
    private readonly Tensor _unmaskedImage;
    private readonly Tensor _unmaskedNoise;

    /// <summary>Gathers them.</summary>
    public EditTokens(FluxModel model, TemplateConstants template, int[] masked, int[] unmasked)
    {
        var text = model.Config.TextTokens;
        Masked = Index(model, masked);
        UnmaskedInSequence = Index(model, unmasked.Select(token => token + text));
        ResumeInSequence = Index(model, Enumerable.Range(0, text).Concat(masked.Select(token => token + text)));
        using var keys = Index(model, unmasked);
        MaskedRotary = Keep(model.ImageRotary.index_select(0, Masked));
        UnmaskedRotary = Keep(model.ImageRotary.index_select(0, keys));
        _unmaskedImage = Keep(template.EmbeddedImage.index_select(0, keys));
        _unmaskedNoise = Keep(template.EmbeddedNoise.index_select(0, keys));
    }

    /// <summary>Masked tokens, [m], int64.</summary>
    public Tensor Masked { get; }

    /// <summary>Places of unmasked tokens in the joint sequence, [u], int64.</summary>
    public Tensor UnmaskedInSequence { get; }

    /// <summary>Places of the text and of masked tokens in the joint sequence, [T + m], int64.</summary>
    public Tensor ResumeInSequence { get; }

    /// <summary>Rotary factors of masked tokens, [m, 1, d/2].</summary>
    public Tensor MaskedRotary { get; }

    /// <summary>Rotary factors of unmasked tokens, [u, 1, d/2].</summary>
    public Tensor UnmaskedRotary { get; }

    /// <summary>The template's embedded unmasked tokens at a noise level, [u, H].</summary>
    public Tensor EmbeddedUnmasked(double sigma) => TemplateConstants.Noised(_unmaskedImage, _unmaskedNoise, sigma);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in new[] { Masked, UnmaskedInSequence, ResumeInSequence, MaskedRotary, UnmaskedRotary, _unmaskedImage, _unmaskedNoise })
        {
            tensor.Dispose();
        }
    }

    private static Tensor Index(FluxModel model, IEnumerable<int> tokens) => Keep(tensor(tokens.Select(static token => (long)token).ToArray()).to(model.Device));

    private static Tensor Keep(Tensor tensor) => tensor.DetachFromDisposeScope();
}
