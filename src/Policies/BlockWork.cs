namespace SimServe.Policies;

/// <summary>What a block asks for, by what it is proportional to.</summary>
/// <param name="PerRequest">Whatever the mask is: text tokens, modulation, convolutions.</param>
/// <param name="PerRow">For each computed image token, its attention over all keys included.</param>
/// <param name="PerReusedRow">For each image token left to the template: its projection to keys and values.</param>
/// <remarks>Masked work is linear in masked tokens (FlashPS, EuroSys '26, section 3.1, variant Y), so these three say it all.</remarks>
public readonly record struct BlockWork(Work PerRequest, Work PerRow, Work PerReusedRow)
{
    /// <summary>Work of one block of the Flux family.</summary>
    /// <param name="kind">Double or single stream.</param>
    /// <param name="width">Channels of the hidden state, H.</param>
    /// <param name="feedForwardWidth">Hidden channels of the feed-forward network, F.</param>
    /// <param name="imageTokens">Image tokens, L.</param>
    /// <param name="textTokens">Text tokens, T; always recomputed.</param>
    /// <param name="textFeedForwardWidth">Hidden channels of the text's own feed-forward network; <c>null</c>: as many.</param>
    /// <remarks>
    /// 2 operations per multiply-add. Per row: Q, K, V and output projection 8H², feed-forward 4HF; attention 4H per (row, key) pair.
    /// These are the terms of the FlashPS artifact's counter (FlashPS, EuroSys '26, section 3.1) with its double-counted output projection removed.
    /// </remarks>
    /// <exception cref="ArgumentException">It is a kind of another family.</exception>
    public static BlockWork Flux(BlockKind kind, int width, int feedForwardWidth, int imageTokens, int textTokens, int? textFeedForwardWidth = null)
    {
        var modulations = kind switch
        {
            BlockKind.DoubleStream => 12,
            BlockKind.SingleStream => 3,
            _ => throw new ArgumentException($"A block of kind {kind} is not of the Flux family; state its work instead.", nameof(kind)),
        };
        var square = 2L * width * width;
        var row = new Work(0, 1, 0, (4 * square) + (4L * width * feedForwardWidth), 4L * width * (imageTokens + textTokens));
        var text = row with { LinearFlops = row.LinearFlops + (4L * width * ((textFeedForwardWidth ?? feedForwardWidth) - feedForwardWidth)) };
        return new BlockWork(
            text.Times(textTokens) + new Work(1, 0, 0, modulations * square, 0),
            row,
            new Work(0, 0, 1, 2 * square, 0));
    }
}
