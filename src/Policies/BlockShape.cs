namespace SimServe.Policies;

/// <summary>The sizes of one block: enough to count its floating-point operations and bytes.</summary>
public sealed record BlockShape
{
    /// <summary>A block of any kind.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="width">Channels of the hidden state.</param>
    /// <param name="imageTokens">Image tokens; for convolutions the pixels they end with.</param>
    /// <param name="textTokens">Text tokens in the hidden state.</param>
    /// <param name="work">What it asks for.</param>
    public BlockShape(BlockKind kind, int width, int imageTokens, int textTokens, BlockWork work) =>
        (Kind, Width, ImageTokens, TextTokens, Work) = (kind, width, imageTokens, textTokens, work);

    /// <summary>A block of the Flux family.</summary>
    /// <param name="kind">Double or single stream.</param>
    /// <param name="width">Channels of the hidden state, H.</param>
    /// <param name="heads">Attention heads; divides <paramref name="width"/>. They do not change the work.</param>
    /// <param name="feedForwardWidth">Hidden channels of the feed-forward network, F.</param>
    /// <param name="imageTokens">Image tokens, L.</param>
    /// <param name="textTokens">Text tokens, T; always recomputed.</param>
    /// <param name="textFeedForwardWidth">Hidden channels of the text's own feed-forward network; <c>null</c>: as many.</param>
    /// <exception cref="ArgumentException">It is a kind of another family, or the heads do not divide the width.</exception>
    public BlockShape(BlockKind kind, int width, int heads, int feedForwardWidth, int imageTokens, int textTokens, int? textFeedForwardWidth = null)
        : this(kind, width, imageTokens, textTokens, BlockWork.Flux(kind, width, feedForwardWidth, imageTokens, textTokens, textFeedForwardWidth))
    {
        if (heads < 1 || width % heads != 0)
        {
            throw new ArgumentException($"{heads} heads do not divide {width} channels.", nameof(heads));
        }
    }

    /// <summary>What the block is.</summary>
    public BlockKind Kind { get; }

    /// <summary>Channels of the hidden state, H.</summary>
    public int Width { get; }

    /// <summary>Image tokens, L: fewer than the model's grid has in the coarser levels of a UNet.</summary>
    public int ImageTokens { get; }

    /// <summary>Text tokens in the hidden state, T, always recomputed; 0 where text only enters by cross-attention.</summary>
    public int TextTokens { get; }

    /// <summary>What it asks for, by what that is proportional to.</summary>
    public BlockWork Work { get; }

    /// <summary>Whether a token's result needs other tokens through attention only, so that unmasked tokens can be left out.</summary>
    public bool IsTokenWise => Kind != BlockKind.Convolution;

    /// <summary>All tokens of its hidden state.</summary>
    public int Tokens => ImageTokens + TextTokens;

    /// <summary>Work of the plain block for one request: every token is computed.</summary>
    public Work PlainWork() => MaskedWork(ImageTokens);

    /// <summary>Work of the masked block for one request.</summary>
    /// <param name="maskedTokens">Masked tokens among its own, from 0 to <see cref="ImageTokens"/>; see <see cref="ModelShape.MaskedTokensAt"/>.</param>
    /// <remarks>Text and masked rows run through everything; unmasked rows are projected to K and V only (FlashPS, section 3.1, variant Y).</remarks>
    public Work MaskedWork(int maskedTokens) => MaskedWork(1, maskedTokens);

    /// <summary>Work of the masked block for a batch.</summary>
    /// <param name="members">Requests, at least 1.</param>
    /// <param name="maskedTokens">Sum of their masked tokens, from 0 to <paramref name="members"/> * <see cref="ImageTokens"/>.</param>
    public Work MaskedWork(int members, long maskedTokens) =>
        Work.PerRequest.Times(members) + Work.PerRow.Times(maskedTokens) + Work.PerReusedRow.Times(((long)members * ImageTokens) - maskedTokens);
}
