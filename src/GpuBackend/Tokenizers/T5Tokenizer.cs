using System.Globalization;

namespace SimServe.GpuBackend.Tokenizers;

/// <summary>The tokenizer of T5 text encoders: a SentencePiece unigram model and an end token.</summary>
/// <remarks>
/// Sources: Raffel et al., "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer", 2020; Kudo, "Subword
/// Regularization", 2018. Follows <c>T5Tokenizer</c> of transformers with <c>legacy</c> true, as the folders of Flux and Stable Diffusion 3 have it.
/// </remarks>
internal sealed class T5Tokenizer : ITokenizer
{
    private const string ModelFile = "spiece.model";
    private const int PublishedExtraIds = 100;

    private readonly SentencePieceModel _model;
    private readonly AddedTokens _added;
    private readonly TokenFrame _frame;

    private T5Tokenizer(TokenizerFolder folder, TokenizerSettings settings)
    {
        _model = SentencePieceModel.Read(folder.PathOf(ModelFile));
        string[] specials = [settings.Special("eos_token", "</s>"), settings.Special("pad_token", "<pad>"), settings.Special("unk_token", "<unk>")];
        var listed = settings.Added.Count > 0 ? settings.Added : ExtraIds(_model.Count);
        _added = AddedTokens.Of(listed, specials, _model.Number, folder.PathOf(ModelFile));
        _frame = new TokenFrame(null, _added.Number(specials[0])!.Value, _added.Number(specials[1])!.Value);
        MaxLength = settings.MaxLength ?? int.MaxValue;
    }

    /// <inheritdoc/>
    public int MaxLength { get; }

    public static ITokenizer Open(TokenizerFolder folder, TokenizerSettings settings) => new T5Tokenizer(folder, settings);

    /// <inheritdoc/>
    public TokenizedText Encode(string text, int length) => _frame.Fit(TextIds(text), length, Read);

    /// <inheritdoc/>
    public IReadOnlyList<int> Ids(string text) => _frame.Around(TextIds(text));

    // The sentinels that T5 was pre-trained with stand after the vocabulary, the last one first.
    private static AddedToken[] ExtraIds(int vocabulary) =>
    [
        .. Enumerable.Range(0, PublishedExtraIds).Select(i => new AddedToken(
            string.Create(CultureInfo.InvariantCulture, $"<extra_id_{i}>"), vocabulary + PublishedExtraIds - 1 - i, EatsLeft: true, EatsRight: true)),
    ];

    // A text that ends with the end token gets no second one.
    private List<int> TextIds(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<int> ids = [];
        _added.Encode(text, ids, _model.Encode);
        if (ids.Count > 0 && ids[^1] == _frame.End)
        {
            ids.RemoveAt(ids.Count - 1);
        }

        return ids;
    }

    private string Read(IReadOnlyList<int> ids) =>
        string.Concat(ids.Select(id => _added.Find(id)?.Content ?? _model.Piece(id))).Replace(SentencePieceModel.Space, ' ');
}
