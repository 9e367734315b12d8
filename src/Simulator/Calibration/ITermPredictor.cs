namespace SimServe.Simulator.Calibration;

/// <summary>Predicts how long one term of a cost model takes from its features, e.g. operations or bytes.</summary>
public interface ITermPredictor
{
    /// <summary>Which kind it is, e.g. <c>linear</c>.</summary>
    string Kind { get; }

    /// <summary>Its numbers, for people: what they are, and their values.</summary>
    IReadOnlyDictionary<string, IReadOnlyList<double>> Parameters { get; }

    /// <summary>Predicts seconds.</summary>
    /// <param name="features">As many as it was fitted with; finite, not negative.</param>
    /// <returns>Seconds, finite, at least 0.</returns>
    /// <exception cref="ArgumentException">The number of features differs.</exception>
    double Predict(ReadOnlySpan<double> features);
}
