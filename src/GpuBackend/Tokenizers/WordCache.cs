namespace SimServe.GpuBackend.Tokenizers;

/// <summary>Tokens of words met before; bounded, and safe to use from several threads.</summary>
/// <remarks>Prompts repeat words, so it starts afresh when it is full instead of keeping track of what was used last.</remarks>
internal sealed class WordCache
{
    /// <summary>Words kept at most.</summary>
    public const int Capacity = 8192;

    private const int LongestWord = 64;

    private readonly Dictionary<string, int[]> _words = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Words kept now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _words.Count;
            }
        }
    }

    /// <summary>The tokens of a word, or <c>null</c>.</summary>
    public int[]? Find(ReadOnlySpan<char> word)
    {
        lock (_lock)
        {
            return _words.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out var tokens) ? tokens : null;
        }
    }

    /// <summary>Keeps the tokens of a word unless it is very long.</summary>
    public void Add(ReadOnlySpan<char> word, int[] tokens)
    {
        if (word.Length > LongestWord)
        {
            return;
        }

        lock (_lock)
        {
            if (_words.Count >= Capacity)
            {
                _words.Clear();
            }

            _words[word.ToString()] = tokens;
        }
    }
}
