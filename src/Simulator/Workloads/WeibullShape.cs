using MathNet.Numerics;
using MathNet.Numerics.RootFinding;

namespace SimServe.Simulator.Workloads;

/// <summary>The shape of the Weibull distribution that has a given coefficient of variation.</summary>
/// <remarks>
/// With shape k, mean = scale * G(1 + 1/k) and 1 + variation^2 = G(1 + 2/k) / G(1 + 1/k)^2, G being the gamma function. The right side falls
/// in k, so its logarithm has one root, which Brent's method finds between the shapes of variations beyond 0.01 and 10.
/// </remarks>
public static class WeibullShape
{
    private const double Least = 0.1;
    private const double Most = 1000;

    /// <summary>The shape.</summary>
    /// <param name="variation">Coefficient of variation, from 0.01 to 10; 1 gives shape 1, the exponential distribution.</param>
    /// <exception cref="ArgumentOutOfRangeException">The coefficient is out of range.</exception>
    public static double Of(double variation)
    {
        ArrivalChecks.Variation(variation);
        var sought = Math.Log(1 + (variation * variation));
        return Brent.FindRoot(
            shape => SpecialFunctions.GammaLn(1 + (2 / shape)) - (2 * SpecialFunctions.GammaLn(1 + (1 / shape))) - sought, Least, Most, 1e-12, 1000);
    }

    /// <summary>Mean of the distribution over its scale.</summary>
    /// <param name="shape">Its shape, greater than 0.</param>
    public static double MeanOverScale(double shape) => SpecialFunctions.Gamma(1 + (1 / shape));
}
