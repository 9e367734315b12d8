namespace SimServe.Simulator.Calibration;

/// <summary>Seconds as a sum of coefficient times feature: the papers' form.</summary>
/// <param name="names">Names of the features.</param>
/// <param name="coefficients">Seconds per unit of each, at least 0.</param>
public sealed class LinearPredictor(IReadOnlyList<string> names, IReadOnlyList<double> coefficients) : ITermPredictor
{
    /// <summary>Its name in profiles.</summary>
    public const string Name = "linear";

    /// <inheritdoc/>
    public string Kind => Name;

    /// <summary>Seconds per unit of each feature.</summary>
    public IReadOnlyList<double> Coefficients => coefficients;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, IReadOnlyList<double>> Parameters => Named(names, coefficients);

    /// <inheritdoc/>
    public double Predict(ReadOnlySpan<double> features)
    {
        if (features.Length != coefficients.Count)
        {
            throw new ArgumentException($"The fit has {coefficients.Count} features, not {features.Length}.", nameof(features));
        }

        return Sum(coefficients, features);
    }

    /// <summary>Fits it by <see cref="LinearFit"/>.</summary>
    internal static LinearPredictor Fit(TermSamples samples) => new(samples.Names, LinearFit.Of(samples.Rows, samples.Seconds).Coefficients);

    internal static double Sum(IReadOnlyList<double> coefficients, ReadOnlySpan<double> features)
    {
        var seconds = 0.0;
        for (var i = 0; i < features.Length; i++)
        {
            seconds += coefficients[i] * features[i];
        }

        return seconds;
    }

    internal static IReadOnlyDictionary<string, IReadOnlyList<double>> Named(IReadOnlyList<string> names, IReadOnlyList<double> values) =>
        new SortedDictionary<string, IReadOnlyList<double>>(
            names.Zip(values).Where(static pair => pair.Second != 0).ToDictionary(static pair => $"seconds per {pair.First}", static pair => (IReadOnlyList<double>)[pair.Second]),
            StringComparer.Ordinal);
}
