using SimServe.Simulator.Metrics;

namespace SimServe.Simulator.Suites;

/// <summary>How far a case's prediction is from what was measured, over its repetitions.</summary>
/// <param name="Predicted">Mean prediction.</param>
/// <param name="Measured">Mean measurement.</param>
/// <param name="HalfWidth">Half the 95 % confidence interval of <see cref="Error"/>, from repetition to repetition; <c>null</c> of fewer than two.</param>
public sealed record MetricError(double Predicted, double Measured, double? HalfWidth)
{
    /// <summary>(predicted - measured) / measured.</summary>
    public double Error => (Predicted / Measured) - 1;

    /// <summary>Of some repetitions.</summary>
    /// <param name="pairs">Prediction and measurement of each, at least one.</param>
    public static MetricError Of(IReadOnlyList<(double Predicted, double Measured)> pairs)
    {
        double[] errors = [.. pairs.Select(static pair => (pair.Predicted / pair.Measured) - 1)];
        var mean = errors.Average();
        var deviation = errors.Length < 2 ? 0 : Math.Sqrt(errors.Sum(error => (error - mean) * (error - mean)) / (errors.Length - 1));
        return new MetricError(pairs.Average(static pair => pair.Predicted), pairs.Average(static pair => pair.Measured), Confidence.MeanHalfWidth95(errors.Length, deviation));
    }
}
