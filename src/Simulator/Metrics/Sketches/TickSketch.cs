using System.Numerics;

namespace SimServe.Simulator.Metrics.Sketches;

/// <summary>A summary of lengths of time in bounded memory: exact count, mean, deviation and extremes, percentiles within a stated error.</summary>
/// <remarks>
/// <para>
/// Lengths are whole ticks of 100 ns, their sums are whole numbers, and buckets are fixed: merging sketches gives exactly the sketch of all their
/// samples, in whatever order. Up to <see cref="ExactSamples"/> samples are kept besides, and percentiles are exact as long as they are.
/// </para>
/// <para>Adding allocates nothing once the octaves that occur have occurred. Same buckets as Tene's HdrHistogram, 256 per octave.</para>
/// </remarks>
public sealed class TickSketch
{
    /// <summary>Greatest relative error of a percentile once samples are no longer kept: 1/512, about 0.2 %.</summary>
    public const double RelativeError = 1.0 / 512;

    /// <summary>Samples that are kept.</summary>
    public const int ExactSamples = 4096;

    internal static readonly BucketScale Scale = new(8);

    private readonly BucketCounts _counts = new(Scale);
    private long[]? _exact = new long[16];
    private Int128 _sum;
    private UInt128 _squares;
    private long _least = long.MaxValue;
    private long _greatest;

    /// <summary>Number of samples.</summary>
    public long Count => _counts.Count;

    /// <summary>Sum of the samples, ticks.</summary>
    public Int128 Sum => _sum;

    /// <summary>Least sample; zero when there is none.</summary>
    public TimeSpan Min => new(Count == 0 ? 0 : _least);

    /// <summary>Greatest sample; zero when there is none.</summary>
    public TimeSpan Max => new(_greatest);

    /// <summary>Whether percentiles are exact.</summary>
    public bool IsExact => _exact is not null;

    internal BucketCounts Counts => _counts;

    /// <summary>Adds a sample.</summary>
    /// <param name="length">Not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public void Add(TimeSpan length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, TimeSpan.Zero);
        Add(length.Ticks, Scale.Index(length.Ticks));
    }

    /// <summary>Adds another sketch's samples.</summary>
    /// <param name="other">Not changed.</param>
    public void Merge(TickSketch other)
    {
        ArgumentNullException.ThrowIfNull(other);
        MergeExact(other);
        _counts.Add(other._counts);
        _sum += other._sum;
        _squares += other._squares;
        _least = Math.Min(_least, other._least);
        _greatest = Math.Max(_greatest, other._greatest);
    }

    /// <summary>A percentile in seconds, interpolated between order statistics (Hyndman and Fan, definition 7); 0 when there are no samples.</summary>
    /// <param name="share">From 0 to 1.</param>
    public double Quantile(double share)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        return Quantile(share, Sorted()) / TimeSpan.TicksPerSecond;
    }

    /// <summary>All its numbers, in seconds.</summary>
    public LatencySummary Summarise()
    {
        var sorted = Sorted();
        double At(double share) => Quantile(share, sorted) / TimeSpan.TicksPerSecond;
        return new LatencySummary
        {
            Count = Count,
            Mean = Count == 0 ? 0 : (double)_sum / Count / TimeSpan.TicksPerSecond,
            Std = StandardDeviation(),
            Min = Min.TotalSeconds,
            P1 = At(0.01),
            P5 = At(0.05),
            P10 = At(0.10),
            P25 = At(0.25),
            P50 = At(0.50),
            P75 = At(0.75),
            P90 = At(0.90),
            P95 = At(0.95),
            P99 = At(0.99),
            P999 = At(0.999),
            Max = Max.TotalSeconds,
            RelativeError = IsExact ? 0 : RelativeError,
        };
    }

    internal void Add(long ticks, int index)
    {
        if (_exact is not null)
        {
            Keep(ticks, Count);
        }

        _counts.Add(index);
        _sum += ticks;
        _squares += Math.BigMul((ulong)ticks, (ulong)ticks);
        _least = Math.Min(_least, ticks);
        _greatest = Math.Max(_greatest, ticks);
    }

    internal void AddZeros(long count)
    {
        if (count == 0)
        {
            return;
        }

        for (var i = 0L; i < count && _exact is not null; i++)
        {
            Keep(0, Count + i);
        }

        _counts.Add(0, count);
        _least = 0;
    }

    private void Keep(long ticks, long kept)
    {
        if (kept == ExactSamples)
        {
            _exact = null;
            return;
        }

        var count = (int)kept;

        if (count == _exact!.Length)
        {
            Array.Resize(ref _exact, 2 * count);
        }

        _exact[count] = ticks;
    }

    private void MergeExact(TickSketch other)
    {
        var (mine, theirs) = (Count, other.Count);
        if (_exact is null || other._exact is null || mine + theirs > ExactSamples)
        {
            _exact = null;
            return;
        }

        Array.Resize(ref _exact, Math.Max(_exact.Length, (int)BitOperations.RoundUpToPowerOf2((uint)(mine + theirs))));
        Array.Copy(other._exact, 0, _exact, mine, theirs);
    }

    private long[]? Sorted()
    {
        if (_exact is null)
        {
            return null;
        }

        var sorted = _exact[..(int)Count];
        Array.Sort(sorted);
        return sorted;
    }

    private double Quantile(double share, long[]? sorted)
    {
        if (sorted is null)
        {
            return Math.Clamp(_counts.Quantile(share), _least, _greatest);
        }

        if (sorted.Length == 0)
        {
            return 0;
        }

        var rank = (sorted.Length - 1) * share;
        var low = (int)rank;
        return low == rank ? sorted[low] : sorted[low] + ((rank - low) * (sorted[low + 1] - sorted[low]));
    }

    // Exact until the root: the difference of two large numbers would lose the digits that matter.
    private double StandardDeviation()
    {
        if (Count < 2)
        {
            return 0;
        }

        BigInteger count = Count;
        var variance = (double)((count * (BigInteger)_squares) - ((BigInteger)_sum * (BigInteger)_sum)) / ((double)Count * (Count - 1));
        return Math.Sqrt(variance) / TimeSpan.TicksPerSecond;
    }
}
