namespace SimServe.Simulator.Metrics.Sketches;

/// <summary>Counts by bucket, for the octaves that occur. Allocates only when a new octave occurs.</summary>
/// <param name="scale">The buckets.</param>
internal sealed class BucketCounts(BucketScale scale)
{
    private long[] _counts = [];
    private int _first;

    /// <summary>The buckets.</summary>
    public BucketScale Scale => scale;

    /// <summary>Sum of the counts.</summary>
    public long Count { get; private set; }

    /// <summary>Adds one.</summary>
    /// <param name="index">Number of the bucket.</param>
    public void Add(int index) => Add(index, 1);

    /// <summary>Adds equal ones.</summary>
    /// <param name="index">Number of the bucket.</param>
    /// <param name="count">How many, not negative.</param>
    public void Add(int index, long count)
    {
        var offset = index - _first;
        if (offset < 0 || offset >= _counts.Length)
        {
            _counts = BucketWindow.Grow(_counts, ref _first, index, scale.PerOctave, stride: 1);
            offset = index - _first;
        }

        _counts[offset] += count;
        Count += count;
    }

    /// <summary>Adds another's counts.</summary>
    /// <param name="other">Of the same scale; not changed.</param>
    public void Add(BucketCounts other)
    {
        for (var i = 0; i < other._counts.Length; i++)
        {
            if (other._counts[i] > 0)
            {
                Add(other._first + i, other._counts[i]);
            }
        }
    }

    /// <summary>Sets every count to zero and keeps the memory.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
    }

    /// <summary>Middle of the bucket that holds an order statistic.</summary>
    /// <param name="rank">From 0 to <see cref="Count"/> - 1.</param>
    public double ValueAt(long rank)
    {
        var below = 0L;
        for (var i = 0; i < _counts.Length; i++)
        {
            below += _counts[i];
            if (below > rank)
            {
                return scale.Middle(_first + i);
            }
        }

        throw new ArgumentOutOfRangeException(nameof(rank), rank, $"There are {Count} values.");
    }

    /// <summary>A percentile by Hyndman and Fan's definition 7, from the middles of buckets; 0 when there is nothing.</summary>
    /// <param name="share">From 0 to 1.</param>
    public double Quantile(double share)
    {
        if (Count == 0)
        {
            return 0;
        }

        var rank = (Count - 1) * share;
        var low = Math.Min((long)rank, Count - 1);
        var lower = ValueAt(low);
        return low == rank ? lower : lower + ((rank - low) * (ValueAt(Math.Min(low + 1, Count - 1)) - lower));
    }

    /// <summary>Every bucket that is not empty, in ascending order: its middle and its count.</summary>
    public IEnumerable<(double Middle, long Count)> NotEmpty()
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            if (_counts[i] > 0)
            {
                yield return (scale.Middle(_first + i), _counts[i]);
            }
        }
    }
}
