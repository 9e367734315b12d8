using MathNet.Numerics.Distributions;
using SimServe.Policies;

namespace SimServe.Simulator.Planning;

/// <summary>How wrong the cost models may be: one factor on all compute times, lognormal with median 1.</summary>
/// <param name="LogStandardDeviation">Standard deviation of the factor's logarithm, above 0; 0.1 is about 10 %.</param>
/// <param name="Source">Where that comes from.</param>
/// <remarks>
/// One factor serves every device of a fleet: what the models leave out (kernels, software versions) they leave out everywhere. Loads over the link
/// keep their times.
/// </remarks>
public sealed record CalibrationError(double LogStandardDeviation, string Source)
{
    private const string Stream = "calibration-error";

    /// <summary>The factor that is exceeded with a probability of 1 - <paramref name="probability"/>.</summary>
    /// <param name="probability">Above 0 and below 1.</param>
    public double Quantile(double probability) => Math.Exp(LogStandardDeviation * Normal.InvCDF(0, 1, probability));

    /// <summary>Factors drawn at random, the same for every fleet.</summary>
    /// <param name="runSeed">The plan's seed.</param>
    /// <param name="count">How many.</param>
    public double[] Draw(long runSeed, int count)
    {
        var random = new RandomStream(runSeed, Stream);
        return [.. Enumerable.Range(0, count).Select(_ => Math.Exp(LogStandardDeviation * random.NextGaussian()))];
    }
}
