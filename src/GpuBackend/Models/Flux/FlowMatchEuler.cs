namespace SimServe.GpuBackend.Models.Flux;

/// <summary>The flow-matching Euler sampler: straight steps along the model's velocity.</summary>
/// <remarks>
/// A latent at noise level s is (1 - s) * image + s * noise; the velocity is noise - image. One step: x += (next s - s) * velocity.
/// Source: Esser et al., "Scaling Rectified Flow Transformers", 2024; noise levels as FLUX.1 passes them.
/// </remarks>
public static class FlowMatchEuler
{
    /// <summary>The noise levels of a run.</summary>
    /// <param name="steps">Denoising steps, at least 1.</param>
    /// <param name="shift">Static shift, greater than 0: above 1 spends more steps at high noise. 1 changes nothing.</param>
    /// <returns>From 1 down to 0; <paramref name="steps"/> + 1 of them.</returns>
    public static double[] Sigmas(int steps, double shift = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        if (!double.IsFinite(shift) || shift <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(shift), shift, "The shift must be finite and greater than 0; 1 changes nothing.");
        }

        return [.. Enumerable.Range(0, steps).Select(step => Shifted(1 - ((double)step / steps), shift)), 0];
    }

    private static double Shifted(double sigma, double shift) => shift * sigma / (1 + ((shift - 1) * sigma));
}
