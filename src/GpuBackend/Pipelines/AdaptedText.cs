using SimServe.GpuBackend.Adapters;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>Text encoders as a request's adapters have them, for as long as it takes to encode; others encode with the plain ones meanwhile.</summary>
/// <remarks>
/// Where the adapters change no text encoder these are the plain ones. Otherwise twins with the same original weights: layers are made anew, a few hundred small objects, and no lock is needed.
/// </remarks>
internal sealed class AdaptedText : IDisposable
{
    private readonly ITextConditioner? _twin;

    private AdaptedText(ITextConditioner text, ITextConditioner? twin) => (Text, _twin) = (text, twin);

    /// <summary>The text encoders; valid until this is disposed.</summary>
    public ITextConditioner Text { get; }

    /// <summary>Text encoders with adapters.</summary>
    /// <param name="text">The plain ones.</param>
    /// <param name="adapters">Adapters, or <c>null</c>.</param>
    /// <exception cref="ArgumentException">The adapters are for other weights.</exception>
    public static AdaptedText Of(ITextConditioner text, PreparedAdapters? adapters)
    {
        if (adapters?.ChangesText is not true)
        {
            return new AdaptedText(text, null);
        }

        var twin = text.Twin();
        try
        {
            var set = AdapterSet.OfText(twin.FirstWeights, twin.SecondWeights);
            set.Use(ModelPart.TextEncoder, adapters);
            set.Use(ModelPart.TextEncoder2, adapters);
            return new AdaptedText(twin, twin);
        }
        catch
        {
            twin.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _twin?.Dispose();
}
