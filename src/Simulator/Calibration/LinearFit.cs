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
/// Features that depend linearly on the others are left out too: a rank-deficient input has a fit.
/// </para>
/// <para>There is no implicit intercept: give a feature that is always 1.</para>
/// </remarks>
public sealed record LinearFit
{
    /// <summary>Seconds per unit of each feature, at least 0; 0 for features that were left out.</summary>
    public required IReadOnlyList<double> Coefficients { get; init; }

    /// <summary>Number of measurements.</summary>
    public required int Count { get; init; }

    /// <summary>Share of the variance of the measured seconds that is explained: at most 1, negative when the mean would predict better.</summary>
    public required double R2 { get; init; }

    /// <summary>Mean magnitude of the relative residuals, e.g. 0.03 is 3 %.</summary>
    public required double Mape { get; init; }

    /// <summary>
    /// The same when each measurement is predicted from all others; null when one of them alone determines a coefficient, so that a fit
    /// without it could not predict it.
    /// </summary>
    /// <remarks>In closed form from the hat matrix; the set of features in use is the whole fit's.</remarks>
    public required double? LeaveOneOutMape { get; init; }

    /// <summary>Spread of the relative residuals (predicted - measured) / measured.</summary>
    public required ResidualQuantiles Residuals { get; init; }

    /// <summary>Fits measurements.</summary>
    /// <param name="rows">One array of features for each measurement: finite, in any unit, all of the same length of at least 1.</param>
    /// <param name="measuredSeconds">Seconds of each measurement, finite and greater than 0; as many as rows, at least 1.</param>
    /// <exception cref="ArgumentException">Sizes differ, or a value is out of range.</exception>
    public static LinearFit Of(IReadOnlyList<double[]> rows, IReadOnlyList<double> measuredSeconds)
    {
        LinearFitInput.Check(rows, measuredSeconds);
        return LinearFitSolver.Fit(rows, measuredSeconds);
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
