using MathNet.Numerics;

namespace SimServe.Slimming.Spectra;

/// <summary>The spectrum of a layer that has learned nothing: independent weights of one variance.</summary>
/// <remarks>
/// <para>
/// The energies of n rows of k such weights fill the interval s^2 (1 - sqrt y)^2 to s^2 (1 + sqrt y)^2, y = n / k, with the density
/// sqrt((b - x) (x - a)) / (2 pi y x) (Marchenko and Pastur, 1967); where n is more than k, all but k are 0. So a threshold keeps a share of the units that
/// depends on the layer's shape alone, and only what a layer keeps less than that was learned.
/// </para>
/// <para>
/// With x = 1 + y + 2 sqrt y cos t for t from 0 (the upper edge) to pi, the energy above x is (t - sin t cos t) / pi, whatever y is, and the share of
/// eigenvalues above it the integral of (2 / pi) sin^2 u / (1 + y + 2 sqrt y cos u) from 0 to t: smooth, so 64 Gauss-Legendre nodes suffice.
/// </para>
/// </remarks>
public static class MarchenkoPastur
{
    private const int Nodes = 64;
    private const double Accuracy = 1e-13;

    /// <summary>The share of n units that hold a share of the variance in a layer that has learned nothing.</summary>
    /// <param name="units">n, at least 1.</param>
    /// <param name="samples">k, weights of each unit, at least 1; one less where rows are centred.</param>
    /// <param name="threshold">Share of the variance, greater than 0 and at most 1.</param>
    /// <returns>Greater than 0, at most min(1, k / n).</returns>
    public static double KeptFraction(int units, int samples, double threshold)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threshold);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threshold, 1);
        var (aspect, cap) = Aspect(units, samples);
        return threshold == 1 ? cap : cap * CountAbove(AngleOfEnergy(threshold), aspect);
    }

    /// <summary>The units that a threshold would keep of a layer that has learned nothing.</summary>
    /// <param name="units">n, at least 1.</param>
    /// <param name="samples">k, at least 1; one less where rows are centred.</param>
    /// <param name="threshold">Share of the variance, greater than 0 and at most 1.</param>
    /// <returns>From 1 to min(n, k).</returns>
    public static int Keep(int units, int samples, double threshold) =>
        Math.Clamp((int)Math.Ceiling((units * KeptFraction(units, samples, threshold)) - 1e-9), 1, Math.Min(units, samples));

    /// <summary>Where the energies of a layer that has learned nothing lie, apart from those that are 0 because there are fewer samples than units.</summary>
    /// <param name="units">n, at least 1.</param>
    /// <param name="samples">k, at least 1.</param>
    /// <param name="variance">Variance of a weight.</param>
    public static (double Lower, double Upper) Edges(int units, int samples, double variance = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        var root = Math.Sqrt((double)units / samples);
        return (variance * (1 - root) * (1 - root), variance * (1 + root) * (1 + root));
    }

    /// <summary>The variance of what is noise in a layer: the one whose law has the median of its energies.</summary>
    /// <param name="spectrum">The layer's energies.</param>
    /// <remarks>
    /// Few large energies move a median hardly, and the total a lot. Energies that the number of samples makes 0 are left out. Where more than half of the
    /// units carry signal it is too large. Source: Gavish and Donoho, "The optimal hard threshold for singular values is 4/sqrt(3)" (2014), section 3.
    /// </remarks>
    public static double NoiseVariance(Spectrum spectrum)
    {
        ArgumentNullException.ThrowIfNull(spectrum);
        var count = Math.Min(spectrum.Units, Math.Max(1, spectrum.DegreesOfFreedom));
        var median = (spectrum.Energies[(count - 1) / 2] + spectrum.Energies[count / 2]) / 2;
        return median / Median(spectrum.Units, Math.Max(1, spectrum.DegreesOfFreedom));
    }

    /// <summary>How many energies lie above what noise alone would reach.</summary>
    /// <param name="spectrum">The layer's energies.</param>
    /// <returns>From 0 to about half of the units; of a layer of low rank without any noise, its rank.</returns>
    public static int AboveEdge(Spectrum spectrum)
    {
        ArgumentNullException.ThrowIfNull(spectrum);
        var (_, edge) = Edges(spectrum.Units, Math.Max(1, spectrum.DegreesOfFreedom), NoiseVariance(spectrum));
        return spectrum.Energies.Take(spectrum.Rank).Count(energy => energy > edge);
    }

    /// <summary>The median of the energies that are not 0 for want of samples, where weights have a variance of 1.</summary>
    /// <param name="units">n, at least 1.</param>
    /// <param name="samples">k, at least 1.</param>
    internal static double Median(int units, int samples)
    {
        var (aspect, _) = Aspect(units, samples);
        var angle = Root(angle => CountAbove(angle, aspect) - 0.5);

        // The dual's energies are those of the wide matrix times k / n, where there are fewer samples than units.
        return (1 + aspect + (2 * Math.Sqrt(aspect) * Math.Cos(angle))) * (units > samples ? (double)units / samples : 1);
    }

    // Where there are fewer samples than units, the energies that are not 0 are those of the transposed matrix, k of n.
    private static (double Aspect, double Cap) Aspect(int units, int samples) =>
        units <= samples ? ((double)units / samples, 1) : ((double)samples / units, (double)samples / units);

    private static double AngleOfEnergy(double share) => Root(angle => ((angle - (Math.Sin(angle) * Math.Cos(angle))) / Math.PI) - share);

    private static double CountAbove(double angle, double aspect)
    {
        var root = 2 * Math.Sqrt(aspect);
        return Math.Min(1, GaussLegendreRule(angle, u => 2 / Math.PI * Math.Sin(u) * Math.Sin(u) / Math.Max(double.Epsilon, 1 + aspect + (root * Math.Cos(u)))));
    }

    private static double GaussLegendreRule(double end, Func<double, double> density) => Integrate.GaussLegendre(density, 0, end, Nodes);

    private static double Root(Func<double, double> rising) => FindRoots.OfFunction(rising, 0, Math.PI, Accuracy);
}
