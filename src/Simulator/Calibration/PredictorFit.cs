namespace SimServe.Simulator.Calibration;

/// <summary>A predictor and how well it does on the samples that it was fitted to.</summary>
public sealed record PredictorFit
{
    private const int LeastSamples = 4;

    /// <summary>The predictor.</summary>
    public required ITermPredictor Predictor { get; init; }

    /// <summary>Number of samples.</summary>
    public required int Count { get; init; }

    /// <summary>Share of the variance of the measured seconds that is explained: at most 1, negative when the mean would predict better.</summary>
    public required double R2 { get; init; }

    /// <summary>Mean magnitude of the relative residuals, e.g. 0.03 is 3 %.</summary>
    public required double Mape { get; init; }

    /// <summary>The same when every sample is predicted by a fit to the others; <c>null</c> where a fit to the others is impossible or there are fewer than four.</summary>
    public required double? LeaveOneOutMape { get; init; }

    /// <summary>Spread of the relative residuals (predicted - measured) / measured.</summary>
    public required ResidualQuantiles Residuals { get; init; }

    /// <summary>Fits every kind of predictor that can be, and takes the one that predicts samples it has not seen best; of equals, and without four samples, the linear one.</summary>
    /// <returns>The best first.</returns>
    internal static IReadOnlyList<PredictorFit> All(TermSamples samples)
    {
        Func<TermSamples, ITermPredictor?>[] kinds = [LinearPredictor.Fit, RooflinePredictor.Fit, MonotoneTable.Fit];
        return [.. kinds.Select(kind => Of(samples, kind)).OfType<PredictorFit>().OrderBy(static fit => fit.LeaveOneOutMape ?? double.PositiveInfinity)];
    }

    private static PredictorFit? Of(TermSamples samples, Func<TermSamples, ITermPredictor?> kind)
    {
        if (kind(samples) is not { } predictor)
        {
            return null;
        }

        double[] residuals = [.. Enumerable.Range(0, samples.Count).Select(index => Residual(predictor, samples, index))];
        return new PredictorFit
        {
            Predictor = predictor,
            Count = samples.Count,
            R2 = FitErrors.R2(residuals, samples.Seconds),
            Mape = residuals.Average(Math.Abs),
            LeaveOneOutMape = LeaveOneOut(samples, kind),
            Residuals = FitErrors.Quantiles(residuals),
        };
    }

    // Refitted for every sample: the choice of features, floors and entries is part of what may go wrong.
    private static double? LeaveOneOut(TermSamples samples, Func<TermSamples, ITermPredictor?> kind)
    {
        if (samples.Count < LeastSamples)
        {
            return null;
        }

        var sum = 0.0;
        for (var index = 0; index < samples.Count; index++)
        {
            if (kind(samples.Without(index)) is not { } predictor)
            {
                return null;
            }

            sum += Math.Abs(Residual(predictor, samples, index));
        }

        return sum / samples.Count;
    }

    private static double Residual(ITermPredictor predictor, TermSamples samples, int index) => (predictor.Predict(samples.Rows[index]) / samples.Seconds[index]) - 1;
}
