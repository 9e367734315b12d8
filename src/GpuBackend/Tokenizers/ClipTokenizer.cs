using System.Globalization;

namespace SimServe.GpuBackend.Tokenizers;

/// <summary>The tokenizer of CLIP text encoders: byte-level byte pair encoding of lower-case words.</summary>
/// <remarks>
/// Sources: Radford et al., "Learning Transferable Visual Models From Natural Language Supervision", 2021; Sennrich, Haddow and Birch, "Neural
/// Machine Translation of Rare Words with Subword Units", 2016. Follows <c>CLIPTokenizer</c> of transformers as it works without the optional
/// package ftfy, which is what a plain installation has: characters are cleaned, not repaired, and every CJK character is a word.
/// </remarks>
internal sealed class ClipTokenizer : ITokenizer
{
    private const string StartOfText = "<|startoftext|>";
    private const string EndOfText = "<|endoftext|>";
    private const string VocabularyFile = "vocab.json";
    private const int PublishedLength = 77;

    private readonly AddedTokens _added;
    private readonly BytePairEncoder _words;
    private readonly TokenFrame _frame;
    private readonly Dictionary<int, string> _tokens;

    private ClipTokenizer(TokenizerFolder folder, TokenizerSettings settings)
    {
        var vocabulary = folder.Numbers(VocabularyFile);
        string[] specials =
        [
            settings.Special("bos_token", StartOfText), settings.Special("eos_token", EndOfText),
            settings.Special("pad_token", EndOfText), settings.Special("unk_token", EndOfText),
        ];
        _added = AddedTokens.Of(
            settings.Added, specials, token => vocabulary.TryGetValue(token, out var id) ? id : null, folder.PathOf(VocabularyFile));
        int[] ids = [.. specials.Select(token => _added.Number(token)!.Value)];
        _frame = new TokenFrame(ids[0], ids[1], ids[2]);
        _words = new BytePairEncoder(vocabulary, MergeTable.Read(folder.PathOf("merges.txt"), vocabulary), ids[3]);
        _tokens = vocabulary.DistinctBy(static entry => entry.Value).ToDictionary(static entry => entry.Value, static entry => entry.Key);
        MaxLength = settings.MaxLength ?? PublishedLength;
    }

    /// <inheritdoc/>
    public int MaxLength { get; }

    public static ITokenizer Open(TokenizerFolder folder, TokenizerSettings settings) => new ClipTokenizer(folder, settings);

    /// <inheritdoc/>
    public TokenizedText Encode(string text, int length) => _frame.Fit(TextIds(text), length, Read);

    /// <inheritdoc/>
    public IReadOnlyList<int> Ids(string text) => _frame.Around(TextIds(text));

    private List<int> TextIds(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<int> ids = [];
        _added.Encode(text, ids, AddWords);
        return ids;
    }

    private void AddWords(ReadOnlySpan<char> piece, List<int> ids)
    {
        ReadOnlySpan<char> rest = ClipText.Clean(piece);
        while (!rest.IsEmpty)
        {
            var length = ClipText.WordLength(rest);
            if (length > 0)
            {
                AddWord(rest[..length], ids);
            }

            rest = rest[Math.Max(length, 1)..];
        }
    }

    // The two markers are tokens even where their capitals kept them from being found before the text became lower case.
    private void AddWord(ReadOnlySpan<char> word, List<int> ids)
    {
        if (word is StartOfText or EndOfText && _added.Number(word.ToString()) is { } marker)
        {
            ids.Add(marker);
        }
        else
        {
            ids.AddRange(_words.Encode(word));
        }
    }

    private string Read(IReadOnlyList<int> ids) => ByteSymbols.Text(string.Concat(ids.Select(id =>
        _added.Find(id)?.Content ?? _tokens.GetValueOrDefault(id) ?? id.ToString(CultureInfo.InvariantCulture))));
}
