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

    /// <summary>The distance of data that were rounded to a grid: shares are compared at its middles, between two of its values.</summary>
    /// <param name="sorted">The data in ascending order, at least one.</param>
    /// <param name="grid">Distance of the grid's values, greater than 0.</param>
    /// <param name="cumulative">The distribution before rounding, as for <see cref="Distance"/>.</param>
    /// <remarks>Where many values fall on one, e.g. gaps of nought, the plain distance measures the rounding and not the distribution.</remarks>
    /// <returns>From 0, the same, to 1.</returns>
    /// <exception cref="ArgumentException">There are no data.</exception>
    public static double DistanceOfRounded(IReadOnlyList<double> sorted, double grid, Func<double, double> cumulative)
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
            if (index + 1 == sorted.Count || sorted[index + 1] - sorted[index] > grid / 2)
            {
                var (below, above) = (cumulative(sorted[index] + (grid / 2)), index + 1 == sorted.Count ? 1 : cumulative(sorted[index + 1] - (grid / 2)));
                var share = (index + 1.0) / sorted.Count;
                distance = Math.Max(distance, Math.Max(Math.Abs(share - below), Math.Abs(share - above)));
            }
        }

        return distance;
    }

    /// <summary>The distance that data drawn from the distribution itself exceed in one case of twenty (asymptotically, from some 40 values on).</summary>
    /// <param name="count">Number of values, at least 1.</param>
    public static double CriticalDistance(int count) => 1.358 / Math.Sqrt(count);
}
