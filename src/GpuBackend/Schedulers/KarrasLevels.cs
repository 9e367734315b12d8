namespace SimServe.GpuBackend.Schedulers;

/// <summary>Noise levels that get denser towards the clean sample.</summary>
/// <remarks>Source: Karras et al., "Elucidating the Design Space of Diffusion-Based Generative Models", arXiv 2206.00364, equation 5.</remarks>
internal static class KarrasLevels
{
    private const double Rho = 7;

    /// <summary>Falling levels.</summary>
    /// <param name="largest">The first level.</param>
    /// <param name="least">The last level.</param>
    /// <param name="count">How many; one is the largest.</param>
    public static double[] Make(double largest, double least, int count)
    {
        var (from, to) = (Math.Pow(largest, 1 / Rho), Math.Pow(least, 1 / Rho));
        return [.. Enumerable.Range(0, count).Select(i => Math.Pow(from + (i / Math.Max(count - 1.0, 1) * (to - from)), Rho))];
    }
}
