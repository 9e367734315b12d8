namespace SimServe.Simulator.Metrics;

// How often small whole numbers occurred: batch sizes by steps, interruptions by requests. Allocates only when a larger number occurs.
internal sealed class NumberCounts
{
    private long[] _times = new long[16];

    // At index i, how often i occurred.
    public ReadOnlySpan<long> Times => _times;

    public void Add(int number, int times)
    {
        if (number >= _times.Length)
        {
            Array.Resize(ref _times, Math.Max(number + 1, 2 * _times.Length));
        }

        _times[number] += times;
    }

    public void Clear() => Array.Clear(_times);
}
