namespace SimServe.Simulator.Workloads.Adapters;

/// <summary>Chooses an element with a probability proportional to its weight, by one number, in O(log n).</summary>
internal sealed class CumulativeChoice
{
    private readonly double[] _cumulative;

    public CumulativeChoice(IEnumerable<double> weights)
    {
        var sum = 0.0;
        _cumulative = [.. weights.Select(weight => sum += weight)];
    }

    /// <param name="probability">From 0 to below 1.</param>
    public int Quantile(double probability)
    {
        var found = Array.BinarySearch(_cumulative, probability * _cumulative[^1]);
        return Math.Min(found < 0 ? ~found : found + 1, _cumulative.Length - 1);
    }
}
