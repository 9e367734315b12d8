namespace SimServe.GpuBackend.Tokenizers;

/// <summary>Joins the tokens of one word pair by pair.</summary>
/// <remarks>
/// Like the reference, all places of the best pair are joined from left to right before the next pair is chosen. The places wait in a queue
/// ordered by rank and position, so a word of n tokens takes O(n log n), where choosing by search takes O(n²).
/// </remarks>
internal sealed class WordMerger
{
    private const int None = -1;

    private readonly MergeTable _table;
    private readonly int[] _tokens;
    private readonly int[] _next;
    private readonly int[] _previous;
    private readonly PriorityQueue<int, (int Rank, int Place)> _places = new();
    private readonly List<int> _joined = [];

    private WordMerger(MergeTable table, int[] tokens)
    {
        (_table, _tokens) = (table, tokens);
        _next = [.. Enumerable.Range(1, tokens.Length)];
        _next[^1] = None;
        _previous = [.. Enumerable.Range(None, tokens.Length)];
    }

    /// <summary>Joins.</summary>
    /// <param name="table">The pairs.</param>
    /// <param name="symbols">Numbers of the word's symbols, at least one; overwritten.</param>
    /// <returns>Numbers of the word's tokens.</returns>
    public static int[] Join(MergeTable table, int[] symbols)
    {
        var merger = new WordMerger(table, symbols);
        for (var place = 0; place < symbols.Length; place++)
        {
            merger.Offer(place);
        }

        while (merger._places.TryPeek(out _, out var best))
        {
            merger.JoinAll(best.Rank);
        }

        return [.. merger.Rest()];
    }

    private void JoinAll(int rank)
    {
        _joined.Clear();
        while (_places.TryPeek(out var place, out var best) && best.Rank == rank)
        {
            _places.Dequeue();
            if (Find(place, out var merge) && merge.Rank == rank)
            {
                JoinAt(place, merge.Product);
            }
        }

        foreach (var place in _joined)
        {
            Offer(_previous[place]);
            Offer(place);
        }
    }

    private void JoinAt(int place, int product)
    {
        var right = _next[place];
        _tokens[place] = product;
        _tokens[right] = None;
        _next[place] = _next[right];
        if (_next[place] != None)
        {
            _previous[_next[place]] = place;
        }

        _joined.Add(place);
    }

    private void Offer(int place)
    {
        if (Find(place, out var merge))
        {
            _places.Enqueue(place, (merge.Rank, place));
        }
    }

    private bool Find(int place, out MergeTable.Merge merge)
    {
        merge = default;
        return place != None && _tokens[place] != None && _next[place] != None && _table.Find(_tokens[place], _tokens[_next[place]], out merge);
    }

    private IEnumerable<int> Rest()
    {
        for (var place = 0; place != None; place = _next[place])
        {
            yield return _tokens[place];
        }
    }
}
