namespace SimServe.Simulator.Statistics;

/// <summary>How far data lie from a distribution.</summary>
public static class KolmogorovSmirnov
{
    /// <summary>The greatest distance between the share of the data that does not exceed a value and the distribution's share.</summary>
    /// <param name="sorted">The data in ascending order, at least one; values may repeat.</param>
    /// <param name="cumulative">The distribution: the share that does not exceed a value, from 0 to 1, continuous.</param>
    /// <returns>From 0, the same, to 1.</returns>
    /// <exception cref="ArgumentException">There are no data.</exception>
    public static double Distance(IReadOnlyList<double> sorted, Func<double, double> cumulative)
    {
        ArgumentNullException.ThrowIfNull(sorted);
        ArgumentNullException.ThrowIfNull(cumulative);
        if (sorted.Count == 0)
        {
            throw new ArgumentException("There must be at least one value.", nameof(sorted));
        }

        var distance = 0.0;
        for (var index = 0; index < sorted.Count; index++)
        {
            var share = cumulative(sorted[index]);
            distance = Math.Max(distance, Math.Max(((index + 1.0) / sorted.Count) - share, share - ((double)index / sorted.Count)));
        }

        return distance;
    }

    /// <summary>The distance that data drawn from the distribution itself exceed in one case of twenty (asymptotically, from some 40 values on).</summary>
    /// <param name="count">Number of values, at least 1.</param>
    public static double CriticalDistance(int count) => 1.358 / Math.Sqrt(count);
}
