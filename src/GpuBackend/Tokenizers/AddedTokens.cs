using System.Buffers;
using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Tokenizers;

/// <summary>Cuts a text at the added tokens.</summary>
/// <remarks>
/// The earliest match counts and of several at one place the longest, as in the slow tokenizers of transformers
/// (<c>PreTrainedTokenizer.tokenize</c>). Simplified: <c>single_word</c>, which no published diffusion model sets, is ignored.
/// </remarks>
internal sealed class AddedTokens
{
    private readonly AddedToken[] _longestFirst;
    private readonly SearchValues<string> _contents;

    public AddedTokens(IEnumerable<AddedToken> tokens)
    {
        _longestFirst = [.. tokens.Where(static token => token.Content.Length > 0).OrderByDescending(static token => token.Content.Length)];
        _contents = SearchValues.Create([.. _longestFirst.Select(static token => token.Content)], StringComparison.Ordinal);
    }

    /// <summary>The listed tokens and those special tokens that the list lacks.</summary>
    /// <param name="listed">Added tokens with their numbers.</param>
    /// <param name="specials">The special tokens.</param>
    /// <param name="number">A token's number in the vocabulary, or <c>null</c>.</param>
    /// <param name="vocabulary">Where the vocabulary was read from.</param>
    /// <exception cref="ModelFileException">A special token has no number.</exception>
    public static AddedTokens Of(IReadOnlyList<AddedToken> listed, string[] specials, Func<string, int?> number, string vocabulary)
    {
        var others = specials.Distinct().Where(special => !listed.Any(token => token.Content == special));
        return new AddedTokens([.. listed, .. others.Select(special => new AddedToken(special, number(special) ?? throw new ModelFileException(
            $"The special token '{special}' has no number: neither '{vocabulary}' nor added_tokens_decoder of {TokenizerSettings.FileName} lists it.")))]);
    }

    /// <summary>The number of the token with exactly this content, or <c>null</c>.</summary>
    public int? Number(string content) => Array.Find(_longestFirst, token => token.Content == content)?.Id;

    /// <summary>The token with this number, or <c>null</c>.</summary>
    public AddedToken? Find(int id) => Array.Find(_longestFirst, token => token.Id == id);

    /// <summary>Turns a text into numbers.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ids">Receives the numbers.</param>
    /// <param name="encode">Turns a piece without added tokens, never empty, into numbers and adds them.</param>
    public void Encode(ReadOnlySpan<char> text, List<int> ids, Action<ReadOnlySpan<char>, List<int>> encode)
    {
        for (var trim = false; !text.IsEmpty;)
        {
            var at = text.IndexOfAny(_contents);
            var token = at < 0 ? null : TokenAt(text[at..]);
            var before = Trimmed(token is null ? text : text[..at], trim, token is { EatsLeft: true });
            if (!before.IsEmpty)
            {
                encode(before, ids);
            }

            if (token is null)
            {
                return;
            }

            ids.Add(token.Id);
            trim = token.EatsRight;
            text = text[(at + token.Content.Length)..];
        }
    }

    private AddedToken TokenAt(ReadOnlySpan<char> text)
    {
        foreach (var token in _longestFirst)
        {
            if (text.StartsWith(token.Content, StringComparison.Ordinal))
            {
                return token;
            }
        }

        throw new InvalidOperationException("The search found a token that is not there.");
    }

    private static ReadOnlySpan<char> Trimmed(ReadOnlySpan<char> text, bool left, bool right)
    {
        text = left ? text.TrimStart() : text;
        return right ? text.TrimEnd() : text;
    }
}
