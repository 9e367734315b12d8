using MathNet.Numerics.Statistics;

namespace SimServe.Simulator.Calibration;

/// <summary>How far a fit is from its samples.</summary>
internal static class FitErrors
{
    /// <summary>Share of the variance of the measured seconds that is explained.</summary>
    /// <param name="residuals">Relative residuals (predicted - measured) / measured.</param>
    /// <param name="measured">Measured seconds.</param>
    /// <remarks>When all measurements are equal there is nothing to explain: 1 for a perfect fit, else 0.</remarks>
    public static double R2(double[] residuals, IReadOnlyList<double> measured)
    {
        var mean = measured.Average();
        var unexplained = residuals.Zip(measured, static (residual, seconds) => residual * seconds).Sum(static error => error * error);
        var variance = measured.Sum(seconds => (seconds - mean) * (seconds - mean));
        return variance > 0 ? 1 - (unexplained / variance) : unexplained <= 1e-18 * mean * mean ? 1 : 0;
    }

    /// <summary>Spread of relative residuals.</summary>
    public static ResidualQuantiles Quantiles(double[] residuals)
    {
        var sorted = residuals.Order().ToArray();
        return new ResidualQuantiles(Quantile(sorted, 0.05), Quantile(sorted, 0.5), Quantile(sorted, 0.95));
    }

    /// <summary>A quantile of sorted values (definition 7).</summary>
    public static double Quantile(double[] sorted, double share) => SortedArrayStatistics.QuantileCustom(sorted, share, QuantileDefinition.R7);
}
