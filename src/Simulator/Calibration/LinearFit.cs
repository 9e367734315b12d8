using MathNet.Numerics.LinearAlgebra;

namespace SimServe.Simulator.Calibration;

/// <summary>A linear cost model fitted to measurements: seconds = sum of coefficient * feature, no coefficient negative.</summary>
/// <remarks>
/// <para>
/// Least squares of the <em>relative</em> error (rows weighted by 1 / measured), because a step of 2 ms and one of 2 s must both be
/// predicted to a few per cent. The papers' fits (FlashPS, EuroSys '26, figure 11) are ordinary and report R2 only.
/// </para>
/// <para>
/// Coefficients are times, so none may be negative: features that an ordinary fit would give a negative coefficient are left out, and the others are fitted
/// again, by the active-set method of Lawson and Hanson, "Solving Least Squares Problems" (1974), chapter 23, which finds the optimum.
/// Features that depend linearly on the others are left out too: a rank-deficient input has a fit. How good a fit is <see cref="PredictorFit"/> says, of every kind of predictor alike.
/// </para>
/// <para>There is no implicit intercept: give a feature that is always 1.</para>
/// </remarks>
public sealed record LinearFit
{
    /// <summary>Seconds per unit of each feature, at least 0; 0 for features that were left out.</summary>
    public required IReadOnlyList<double> Coefficients { get; init; }

    /// <summary>Fits measurements.</summary>
    /// <param name="rows">One array of features for each measurement: finite, in any unit, all of the same length of at least 1.</param>
    /// <param name="measuredSeconds">Seconds of each measurement, finite and greater than 0; as many as rows, at least 1.</param>
    /// <exception cref="ArgumentException">Sizes differ, or a value is out of range.</exception>
    public static LinearFit Of(IReadOnlyList<double[]> rows, IReadOnlyList<double> measuredSeconds)
    {
        LinearFitInput.Check(rows, measuredSeconds);

        // Dividing a row and its measurement by the measurement makes the target 1 everywhere and the residuals relative.
        var weighted = Matrix<double>.Build.Dense(rows.Count, rows[0].Length, (i, j) => rows[i][j] / measuredSeconds[i]);
        return new LinearFit { Coefficients = new NonNegativeLeastSquares(weighted, Vector<double>.Build.Dense(rows.Count, 1)).Solve() };
    }

    /// <summary>Predicts seconds.</summary>
    /// <param name="features">As many as there are coefficients.</param>
    /// <exception cref="ArgumentException">The number of features differs.</exception>
    public double Predict(ReadOnlySpan<double> features)
    {
        if (features.Length != Coefficients.Count)
        {
            throw new ArgumentException($"The fit has {Coefficients.Count} features, not {features.Length}.", nameof(features));
        }

        var seconds = 0.0;
        for (var i = 0; i < features.Length; i++)
        {
            seconds += Coefficients[i] * features[i];
        }

        return seconds;
    }
}
