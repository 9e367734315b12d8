namespace SimServe.Simulator.Workloads;

/// <summary>Zipf's law: the k-th most popular of n items is chosen with a probability proportional to 1 / k^s.</summary>
/// <remarks>Sampled by its quantile function: one number per choice, so another exponent changes no other draw. O(log n).</remarks>
public sealed class ZipfPopularity
{
    private readonly double[] _cumulative;

    /// <summary>Creates the distribution.</summary>
    /// <param name="items">Number of items, n, at least 1.</param>
    /// <param name="exponent">The exponent s, finite and at least 0; 0 makes all items equally popular.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of range.</exception>
    public ZipfPopularity(int items, double exponent)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(items, 1);
        if (!double.IsFinite(exponent) || exponent < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(exponent), exponent, "Zipf's exponent must be a finite number of at least 0.");
        }

        _cumulative = new double[items];
        var sum = 0.0;
        for (var rank = 0; rank < items; rank++)
        {
            _cumulative[rank] = sum += Math.Pow(rank + 1, -exponent);
        }
    }

    /// <summary>Probability of an item.</summary>
    /// <param name="rank">From 0, the most popular, to n - 1.</param>
    public double Probability(int rank) => (_cumulative[rank] - (rank == 0 ? 0 : _cumulative[rank - 1])) / _cumulative[^1];

    /// <summary>Draws an item: 0, the most popular, to n - 1.</summary>
    /// <param name="random">The stream to draw from: one number.</param>
    public int Sample(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var found = Array.BinarySearch(_cumulative, random.NextDouble() * _cumulative[^1]);
        return Math.Min(found < 0 ? ~found : found + 1, _cumulative.Length - 1);
    }
}
