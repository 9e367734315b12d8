namespace SimServe.Simulator.Reports.Html.Rendering;

/// <summary>Which ranks of a sorted sample a cumulative curve keeps: the tail in full, since that is what it is looked at for.</summary>
internal static class CumulativeRanks
{
    /// <summary>Ascending ranks from 0: the least tenth of the bound, the greatest quarter of it, and evenly spaced ones between.</summary>
    public static int[] Keep(int count, int most)
    {
        if (count <= most)
        {
            return [.. Enumerable.Range(0, count)];
        }

        var (head, tail) = (most / 10, most / 4);
        var between = most - head - tail;
        var spaced = Enumerable.Range(0, between).Select(index => head + (int)((long)(count - head - tail) * index / between));
        return [.. Enumerable.Range(0, head), .. spaced, .. Enumerable.Range(count - tail, tail)];
    }
}
