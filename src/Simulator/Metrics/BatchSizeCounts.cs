namespace SimServe.Simulator.Metrics;

// Steps by the number of requests that took them together. Allocates only when a larger batch occurs.
internal sealed class BatchSizeCounts
{
    private long[] _steps = new long[16];

    // At index i, steps that were taken with i requests.
    public ReadOnlySpan<long> Steps => _steps;

    public void Add(int size, int steps)
    {
        if (size >= _steps.Length)
        {
            Array.Resize(ref _steps, Math.Max(size + 1, 2 * _steps.Length));
        }

        _steps[size] += steps;
    }

    public void Clear() => Array.Clear(_steps);
}
