using System.Globalization;
using MathNet.Numerics.Statistics;

namespace SimServe.Simulator.Metrics;

/// <summary>A summary of samples, in the unit of the samples.</summary>
/// <remarks>
/// <para>
/// Percentiles are interpolated linearly between order statistics: definition 7 of Hyndman and Fan, "Sample quantiles in statistical packages"
/// (1996), what R, NumPy and spreadsheets do unless told otherwise.
/// </para>
/// <para>No samples are a value too, <see cref="Empty"/>: every number of it is 0, so reports and JSON never meet a NaN; look at <see cref="IsEmpty"/>.</para>
/// </remarks>
public sealed record Distribution
{
    /// <summary>The summary of no samples.</summary>
    public static readonly Distribution Empty = new();

    /// <summary>Number of samples.</summary>
    public int Count { get; init; }

    /// <summary>Arithmetic mean.</summary>
    public double Mean { get; init; }

    /// <summary>Sample standard deviation (divisor n - 1); 0 for fewer than 2 samples.</summary>
    public double StandardDeviation { get; init; }

    /// <summary>Least sample.</summary>
    public double Min { get; init; }

    /// <summary>Median.</summary>
    public double P50 { get; init; }

    /// <summary>95th percentile.</summary>
    public double P95 { get; init; }

    /// <summary>99th percentile.</summary>
    public double P99 { get; init; }

    /// <summary>Greatest sample.</summary>
    public double Max { get; init; }

    /// <summary>Whether there were no samples.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>Half the width of the 95 % confidence interval of the mean; null for fewer than 2 samples, when nothing is known of it.</summary>
    /// <remarks>
    /// Student's t. It takes the samples to be independent, as the means of replications are; latencies of one run are not, and
    /// their true interval is wider.
    /// </remarks>
    public double? MeanHalfWidth95 => Confidence.MeanHalfWidth95(Count, StandardDeviation);

    /// <summary>Summarises samples.</summary>
    /// <param name="samples">Finite numbers in any order; not changed.</param>
    /// <exception cref="ArgumentException">A sample is NaN or infinite.</exception>
    public static Distribution Of(ReadOnlySpan<double> samples)
    {
        if (samples.IsEmpty)
        {
            return Empty;
        }

        RejectNonFinite(samples);
        var sorted = samples.ToArray();
        Array.Sort(sorted);
        var (mean, deviation) = ArrayStatistics.MeanStandardDeviation(sorted);
        return new Distribution
        {
            Count = sorted.Length,
            Mean = mean,
            StandardDeviation = sorted.Length > 1 ? deviation : 0,
            Min = sorted[0],
            P50 = Quantile(sorted, 0.50),
            P95 = Quantile(sorted, 0.95),
            P99 = Quantile(sorted, 0.99),
            Max = sorted[^1],
        };
    }

    /// <summary>Summarises whole numbers of which it is known how often each was seen.</summary>
    /// <param name="counts">At index i, how many samples are i; 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    public static Distribution OfCounts(ReadOnlySpan<long> counts)
    {
        var (count, sum, squares) = (0L, 0.0, 0.0);
        for (var value = 0; value < counts.Length; value++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(counts[value], nameof(counts));
            count += counts[value];
            sum += (double)counts[value] * value;
        }

        if (count == 0)
        {
            return Empty;
        }

        var mean = sum / count;
        for (var value = 0; value < counts.Length; value++)
        {
            squares += counts[value] * (value - mean) * (value - mean);
        }

        return new Distribution
        {
            Count = checked((int)count),
            Mean = mean,
            StandardDeviation = count > 1 ? Math.Sqrt(squares / (count - 1)) : 0,
            Min = At(counts, 0),
            P50 = Quantile(counts, count, 0.50),
            P95 = Quantile(counts, count, 0.95),
            P99 = Quantile(counts, count, 0.99),
            Max = At(counts, count - 1),
        };
    }

    /// <summary>One line for people, e.g. <c>mean 1.25, p50 1.1, p95 2.4, p99 3 (100 samples)</c>.</summary>
    public override string ToString() => IsEmpty
        ? "no samples"
        : string.Create(CultureInfo.InvariantCulture, $"mean {Mean:G4}, p50 {P50:G4}, p95 {P95:G4}, p99 {P99:G4} ({Count} samples)");

    private static double Quantile(double[] sorted, double share) =>
        SortedArrayStatistics.QuantileCustom(sorted, share, QuantileDefinition.R7);

    // The same definition: between the order statistics on both sides of share * (n - 1).
    private static double Quantile(ReadOnlySpan<long> counts, long count, double share)
    {
        var place = share * (count - 1);
        var below = (long)Math.Floor(place);
        var (low, high) = (At(counts, below), At(counts, Math.Min(below + 1, count - 1)));
        return low + ((place - below) * (high - low));
    }

    // The sample at a place, from 0, in order of size.
    private static int At(ReadOnlySpan<long> counts, long place)
    {
        var value = 0;
        for (var seen = counts[0]; seen <= place; seen += counts[value])
        {
            value++;
        }

        return value;
    }

    private static void RejectNonFinite(ReadOnlySpan<double> samples)
    {
        for (var i = 0; i < samples.Length; i++)
        {
            if (!double.IsFinite(samples[i]))
            {
                throw new ArgumentException($"Sample {i} is {samples[i]}; samples must be finite.", nameof(samples));
            }
        }
    }
}
