namespace SimServe.Simulator.Metrics.Sketches;

// Arrays over the octaves that occur: a latency of seconds needs a few of them, not all fifty-odd.
internal static class BucketWindow
{
    public static long[] Grow(long[] values, ref int first, int index, int perOctave, int stride)
    {
        var length = values.Length / stride;
        var low = index / perOctave * perOctave;
        var high = low + perOctave;
        if (length > 0)
        {
            (low, high) = (Math.Min(low, first), Math.Max(high, first + length));
        }

        var grown = new long[(high - low) * stride];
        if (length > 0)
        {
            values.CopyTo(grown, (first - low) * stride);
        }

        first = low;
        return grown;
    }
}
