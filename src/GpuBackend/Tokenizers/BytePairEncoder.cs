using System.Text;

namespace SimServe.GpuBackend.Tokenizers;

/// <summary>Turns a word into tokens: its UTF-8 bytes, joined pair by pair.</summary>
internal sealed class BytePairEncoder
{
    private readonly MergeTable _merges;
    private readonly int[] _inside;
    private readonly int[] _last;
    private readonly WordCache _cache = new();

    /// <summary>Creates an encoder.</summary>
    /// <param name="vocabulary">Token numbers.</param>
    /// <param name="merges">The pairs that are joined.</param>
    /// <param name="unknown">Number for a byte that the vocabulary lacks.</param>
    public BytePairEncoder(Dictionary<string, int> vocabulary, MergeTable merges, int unknown)
    {
        _merges = merges;
        _inside = [.. Bytes().Select(value => vocabulary.GetValueOrDefault(ByteSymbols.Of(value).ToString(), unknown))];
        _last = [.. Bytes().Select(value => vocabulary.GetValueOrDefault(ByteSymbols.Of(value) + ByteSymbols.WordEnd, unknown))];
    }

    /// <summary>Encodes a word of at least one character.</summary>
    public int[] Encode(ReadOnlySpan<char> word)
    {
        if (_cache.Find(word) is { } known)
        {
            return known;
        }

        var bytes = new byte[Encoding.UTF8.GetByteCount(word)];
        Encoding.UTF8.GetBytes(word, bytes);
        int[] symbols = [.. bytes.Select(value => _inside[value])];
        symbols[^1] = _last[bytes[^1]];
        var tokens = WordMerger.Join(_merges, symbols);
        _cache.Add(word, tokens);
        return tokens;
    }

    private static IEnumerable<byte> Bytes() => Enumerable.Range(0, byte.MaxValue + 1).Select(static value => (byte)value);
}
