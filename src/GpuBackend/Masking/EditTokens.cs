using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>What of an edit depends on its mask only: indices, rotary factors, and its template's embedded unmasked tokens.</summary>
internal sealed class EditTokens : IDisposable
{
    private readonly Tensor _unmaskedImage;
    private readonly Tensor _unmaskedNoise;
    private readonly Tensor? _computedImage;
    private readonly Tensor? _computedNoise;

    /// <summary>Gathers them.</summary>
    /// <param name="model">The model.</param>
    /// <param name="template">What its template's steps have in common.</param>
    /// <param name="edited">Tokens whose latents change.</param>
    /// <param name="computed">Those and the ones that dilation adds.</param>
    /// <param name="unmasked">All others.</param>
    public EditTokens(FluxModel model, TemplateConstants template, int[] edited, int[] computed, int[] unmasked)
    {
        var text = model.Config.TextTokens;
        Masked = Index(model, edited);
        UnmaskedInSequence = Index(model, unmasked.Select(token => token + text));
        ResumeInSequence = Index(model, Enumerable.Range(0, text).Concat(computed.Select(token => token + text)));
        using var keys = Index(model, unmasked);
        using var queries = Index(model, computed);
        ComputedRotary = Keep(model.ImageRotary.index_select(0, queries));
        if (computed.Length > edited.Length)
        {
            EditedAmongComputed = Index(model, edited.Select(token => Array.BinarySearch(computed, token)));
            _computedImage = Keep(template.EmbeddedImage.index_select(0, queries));
            _computedNoise = Keep(template.EmbeddedNoise.index_select(0, queries));
        }

        UnmaskedRotary = Keep(model.ImageRotary.index_select(0, keys));
        _unmaskedImage = Keep(template.EmbeddedImage.index_select(0, keys));
        _unmaskedNoise = Keep(template.EmbeddedNoise.index_select(0, keys));
    }

    /// <summary>Tokens whose latents change, [m], int64.</summary>
    public Tensor Masked { get; }

    /// <summary>Places of unmasked tokens in the joint sequence, [u], int64.</summary>
    public Tensor UnmaskedInSequence { get; }

    /// <summary>Places of those tokens among the computed ones, [m], int64; <c>null</c> where they are all of them.</summary>
    public Tensor? EditedAmongComputed { get; }

    /// <summary>Places of the text and of computed tokens in the joint sequence, [T + c], int64.</summary>
    public Tensor ResumeInSequence { get; }

    /// <summary>Rotary factors of computed tokens, [c, 1, d/2].</summary>
    public Tensor ComputedRotary { get; }

    /// <summary>Rotary factors of unmasked tokens, [u, 1, d/2].</summary>
    public Tensor UnmaskedRotary { get; }

    /// <summary>The template's embedded unmasked tokens at a noise level, [u, H].</summary>
    public Tensor EmbeddedUnmasked(double sigma) => TemplateConstants.Noised(_unmaskedImage, _unmaskedNoise, sigma);

    /// <summary>The template's embedded computed tokens at a noise level, [c, H]; where dilation added some.</summary>
    public Tensor EmbeddedComputed(double sigma) => TemplateConstants.Noised(_computedImage!, _computedNoise!, sigma);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in new[]
        {
            Masked, UnmaskedInSequence, ResumeInSequence, ComputedRotary, UnmaskedRotary, _unmaskedImage, _unmaskedNoise, EditedAmongComputed, _computedImage, _computedNoise,
        })
        {
            tensor?.Dispose();
        }
    }

    private static Tensor Index(FluxModel model, IEnumerable<int> tokens) => Keep(tensor(tokens.Select(static token => (long)token).ToArray()).to(model.Device));

    private static Tensor Keep(Tensor tensor) => tensor.DetachFromDisposeScope();
}
