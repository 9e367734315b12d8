namespace SimServe.Simulator.Reports.Charts;

/// <summary>Leaves points out of long series without losing what stands out.</summary>
/// <remarks>
/// The points between the first and the last are cut into buckets of consecutive ones. Of every bucket remain, for every column, the least and
/// the greatest value, and the first gap. So the ends, all peaks and all gaps wider than a bucket survive, and a picture whose pixels are
/// wider than a bucket is the same. What is lost is the number of points within a bucket.
/// </remarks>
public static class Thinning
{
    /// <summary>Positions of the points to keep.</summary>
    /// <param name="count">Number of points, in order of x.</param>
    /// <param name="most">Most points to keep, at least 50.</param>
    /// <param name="columns">One to six values per point whose extremes matter, e.g. a line and the ends of its band; NaN is a gap.</param>
    /// <returns>Ascending positions, at most <paramref name="most"/>; all of them when there are no more than that.</returns>
    public static int[] Keep(int count, int most, params IReadOnlyList<double>[] columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 50);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns.Length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(columns.Length, 6);
        if (count <= most)
        {
            return [.. Enumerable.Range(0, count)];
        }

        var perColumn = 3;
        var buckets = (most - 2) / (perColumn * columns.Length);
        var kept = new SortedSet<int> { 0, count - 1 };
        for (var bucket = 0; bucket < buckets; bucket++)
        {
            var from = 1 + (int)((long)(count - 2) * bucket / buckets);
            var to = 1 + (int)((long)(count - 2) * (bucket + 1) / buckets);
            foreach (var column in columns)
            {
                Extremes(column, from, to, kept);
            }
        }

        return [.. kept];
    }

    private static void Extremes(IReadOnlyList<double> column, int from, int to, SortedSet<int> kept)
    {
        var (least, greatest, gap) = (-1, -1, -1);
        for (var index = from; index < to; index++)
        {
            if (!double.IsFinite(column[index]))
            {
                gap = gap < 0 ? index : gap;
                continue;
            }

            least = least < 0 || column[index] < column[least] ? index : least;
            greatest = greatest < 0 || column[index] > column[greatest] ? index : greatest;
        }

        kept.UnionWith(((int[])[least, greatest, gap]).Where(static index => index >= 0));
    }
}
