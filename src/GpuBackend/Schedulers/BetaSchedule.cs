using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Schedulers;

/// <summary>The noise a model was trained with: how much variance each training step adds.</summary>
/// <remarks>Tables are computed in single precision, step by step, as the reference computes them.</remarks>
internal static class BetaSchedule
{
    private const double LargestBeta = 0.999;

    /// <summary>Reads the table from a scheduler's configuration.</summary>
    /// <param name="config">The configuration.</param>
    /// <returns>The variance of each training step.</returns>
    public static float[] Read(ConfigFile config)
    {
        config.Inactive("trained_betas", "null");
        var steps = config.Whole("num_train_timesteps", 1000, least: 2);
        var start = config.Positive("beta_start", 0.0001, below: 1);
        var end = config.Positive("beta_end", 0.02, below: 1);
        return config.Choice("beta_schedule", "linear", "linear", "scaled_linear", "squaredcos_cap_v2") switch
        {
            "scaled_linear" => Array.ConvertAll(Linspace((float)Math.Sqrt(start), (float)Math.Sqrt(end), steps), static root => root * root),
            "squaredcos_cap_v2" => [.. Enumerable.Range(0, steps).Select(step => SquaredCosine(step, steps))],
            _ => Linspace((float)start, (float)end, steps),
        };
    }

    /// <summary>Moves the table so that the last training step leaves no signal.</summary>
    /// <remarks>Source: Lin et al., arXiv 2305.08891, algorithm 1.</remarks>
    public static float[] WithZeroTerminalSnr(float[] betas)
    {
        var roots = Array.ConvertAll(AlphaBars(betas), MathF.Sqrt);
        var (first, last) = (roots[0], roots[^1]);
        var bars = Array.ConvertAll(roots, root => (root - last) * (first / (first - last)));
        for (var i = 0; i < bars.Length; i++)
        {
            bars[i] *= bars[i];
        }

        return [1 - bars[0], .. Enumerable.Range(1, bars.Length - 1).Select(i => 1 - (bars[i] / bars[i - 1]))];
    }

    /// <summary>The share of signal variance left after each training step, often written alphas_cumprod.</summary>
    public static float[] AlphaBars(float[] betas)
    {
        // The product is kept in double and rounded once per step, as libtorch's cumprod does.
        var product = 1.0;
        return Array.ConvertAll(betas, beta => (float)(product *= 1 - beta));
    }

    // Counted from the nearer end, so that both ends are exact.
    private static float[] Linspace(float start, float end, int count)
    {
        var stride = (end - start) / (count - 1);
        return [.. Enumerable.Range(0, count).Select(i => i < count / 2 ? start + (stride * i) : end - (stride * (count - 1 - i)))];
    }

    // Source: Nichol and Dhariwal, "Improved Denoising Diffusion Probabilistic Models", arXiv 2102.09672, section 3.2.
    private static float SquaredCosine(int step, int steps)
    {
        static double Signal(double time) => Math.Pow(Math.Cos((time + 0.008) / 1.008 * Math.PI / 2), 2);
        return (float)Math.Min(1 - (Signal((step + 1.0) / steps) / Signal((double)step / steps)), LargestBeta);
    }
}
