namespace SimServe.Simulator.Calibration;

/// <summary>A roofline with a launch floor: the longer of the floor and the work at its rates.</summary>
/// <remarks>
/// Source: Williams, Waterman and Patterson, "Roofline" (2009), with the launch latency of accelerators as a floor: max(t, W / (efficiency * peak)). Work is a sum over
/// operations of several kinds, or bytes, so that matrix products and attention may reach different shares of the peak.
/// </remarks>
public sealed class RooflinePredictor : ITermPredictor
{
    /// <summary>Its name in profiles.</summary>
    public const string Name = "roofline";

    private readonly IReadOnlyList<string> _names;
    private readonly double _floor;
    private readonly double[] _rates;

    // The constant's rate is 0: it is the floor.
    private RooflinePredictor(IReadOnlyList<string> names, double floor, double[] rates) => (_names, _floor, _rates) = (names, floor, rates);

    /// <inheritdoc/>
    public string Kind => Name;

    /// <summary>Seconds that every call takes at the least.</summary>
    public double FloorSeconds => _floor;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, IReadOnlyList<double>> Parameters =>
        new SortedDictionary<string, IReadOnlyList<double>>(LinearPredictor.Named(_names, _rates).ToDictionary(), StringComparer.Ordinal) { ["floor, seconds"] = [_floor] };

    /// <inheritdoc/>
    public double Predict(ReadOnlySpan<double> features)
    {
        if (features.Length != _rates.Length)
        {
            throw new ArgumentException($"The fit has {_rates.Length} features, not {features.Length}.", nameof(features));
        }

        return Math.Max(_floor, LinearPredictor.Sum(_rates, features));
    }

    /// <summary>Fits it: every split of the samples by their time is tried, the fastest on the floor and at least half of them above it.</summary>
    /// <returns><c>null</c> where the term has no feature but the constant, or too few samples.</returns>
    internal static RooflinePredictor? Fit(TermSamples samples)
    {
        int[] work = [.. Enumerable.Range(0, samples.Names.Count).Where(samples.IsQuantity)];
        if (work.Length == 0 || samples.Count < 3)
        {
            return null;
        }

        int[] order = [.. Enumerable.Range(0, samples.Count).OrderBy(index => samples.Seconds[index])];
        return Enumerable.Range(1, Math.Max(1, samples.Count / 2)).Select(onFloor => Of(samples, work, order, onFloor)).MinBy(candidate => SquaredError(candidate, samples));
    }

    // The floor that errs least relatively: least squares of floor / measured - 1.
    private static RooflinePredictor Of(TermSamples samples, int[] work, int[] order, int onFloor)
    {
        var low = order.Take(onFloor).Select(index => 1 / samples.Seconds[index]).ToArray();
        var above = order.Skip(onFloor).ToArray();
        var fit = LinearFit.Of([.. above.Select(index => work.Select(column => samples.Rows[index][column]).ToArray())], [.. above.Select(index => samples.Seconds[index])]);
        var rates = new double[samples.Names.Count];
        for (var i = 0; i < work.Length; i++)
        {
            rates[work[i]] = fit.Coefficients[i];
        }

        return new RooflinePredictor(samples.Names, low.Sum() / low.Sum(static inverse => inverse * inverse), rates);
    }

    private static double SquaredError(RooflinePredictor candidate, TermSamples samples) =>
        Enumerable.Range(0, samples.Count).Sum(index => Math.Pow((candidate.Predict(samples.Rows[index]) / samples.Seconds[index]) - 1, 2));
}
