namespace SimServe.Policies;

/// <summary>The two kinds of transformer block of the Flux family.</summary>
public enum BlockKind
{
    /// <summary>Text and image tokens have their own projections and feed-forward network and attend jointly.</summary>
    DoubleStream,

    /// <summary>Text and image tokens run as one sequence through one fused projection.</summary>
    SingleStream,
}

/// <summary>The sizes of one transformer block: enough to count its floating-point operations and bytes.</summary>
/// <param name="Kind">Double or single stream.</param>
/// <param name="Width">Channels of the hidden state, H.</param>
/// <param name="Heads">Attention heads; divides <paramref name="Width"/>.</param>
/// <param name="FeedForwardWidth">Hidden channels of the feed-forward network, F.</param>
/// <param name="ImageTokens">Image tokens, L.</param>
/// <param name="TextTokens">Text tokens, T; always recomputed.</param>
/// <remarks>
/// 2 operations per multiply-add. Per row: Q, K, V and output projection 8H², feed-forward 4HF; attention 4H per (row, key) pair.
/// These are the terms of the FlashPS artifact's counter (FlashPS, EuroSys '26, section 3.1) with its double-counted output projection removed.
/// </remarks>
public readonly record struct BlockShape(BlockKind Kind, int Width, int Heads, int FeedForwardWidth, int ImageTokens, int TextTokens)
{
    private long Keys => ImageTokens + TextTokens;

    private long RowFlops => (8L * Width * Width) + (4L * Width * FeedForwardWidth);

    private long ModulationFlops => (Kind == BlockKind.DoubleStream ? 24L : 6L) * Width * Width;

    /// <summary>Work of the plain block for one request: every token is computed.</summary>
    public Work PlainWork() => new(1, Keys, 0, (RowFlops * Keys) + ModulationFlops, 4L * Keys * Keys * Width);

    /// <summary>Work of the masked block for one request.</summary>
    /// <param name="maskedTokens">Masked image tokens, from 0 to <see cref="ImageTokens"/>.</param>
    /// <remarks>Text and masked rows run through everything; unmasked rows are projected to K and V only (FlashPS, section 3.1, variant Y).</remarks>
    public Work MaskedWork(int maskedTokens)
    {
        long rows = maskedTokens + TextTokens;
        long unmasked = ImageTokens - maskedTokens;
        return new Work(1, rows, unmasked, (RowFlops * rows) + (4L * Width * Width * unmasked) + ModulationFlops, 4L * rows * Keys * Width);
    }
}
