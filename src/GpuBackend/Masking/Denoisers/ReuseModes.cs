using SimServe.Policies;

namespace SimServe.GpuBackend.Masking.Denoisers;

/// <summary>How much of a step is computed.</summary>
internal sealed record ReuseModes
{
    /// <summary>Transformers compute masked tokens, convolutions all pixels.</summary>
    public static ReuseModes Cached { get; } = new();

    /// <summary>
    /// One for each of a model's transformers (a UNet's run of blocks between two ResNet blocks) in order: <see cref="BlockMode.Cached"/>, or <see cref="BlockMode.Plain"/> where it
    /// computes all tokens from what is at hand. <c>null</c>: all cached.
    /// </summary>
    public IReadOnlyList<BlockMode>? Transformers { get; init; }

    /// <summary>Pixels of a tile's side where convolutions run on tiles that hold masked pixels; <c>null</c>: convolutions run in full.</summary>
    public int? TileSide { get; init; }

    /// <summary>Whether a transformer computes all tokens.</summary>
    public bool IsPlain(int transformer) => Transformers?[transformer] == BlockMode.Plain;

    /// <summary>Refuses what a model cannot do.</summary>
    /// <param name="transformers">Its transformers.</param>
    /// <exception cref="ArgumentException">The modes are not as many, or ask for something else.</exception>
    public void Check(int transformers)
    {
        if (Transformers is { } modes && (modes.Count != transformers || modes.Contains(BlockMode.Recomputed)))
        {
            throw new ArgumentException(
                $"The model has {transformers} transformers: give as many modes, each Cached or Plain ({modes.Count} given: {string.Join(", ", modes.Distinct())}).");
        }

        if (TileSide < 1)
        {
            throw new ArgumentException($"A tile's side is {TileSide}; it must be at least 1 pixel.");
        }
    }
}
