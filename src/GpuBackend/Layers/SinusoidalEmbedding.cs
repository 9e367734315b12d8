using static TorchSharp.torch;

namespace SimServe.GpuBackend.Layers;

/// <summary>Numbers as sines and cosines of geometric frequencies: time steps, guidance, sizes.</summary>
/// <remarks>
/// Source: Vaswani et al., 2017, with the variants of diffusers' <c>get_timestep_embedding</c>. Computed in float32 with the reference's order of
/// operations: at arguments near 1000 the last digit of a frequency moves the result by 1e-4.
/// </remarks>
internal static class SinusoidalEmbedding
{
    private const double MaxPeriod = 10_000;

    /// <summary>Embeds numbers.</summary>
    /// <param name="values">[N].</param>
    /// <param name="width">Channels; even.</param>
    /// <param name="cosineFirst">Cosines in the first half, sines in the second (<c>flip_sin_to_cos</c>).</param>
    /// <param name="frequencyShift">0 or 1: what is taken off the number of frequencies before dividing by it (<c>freq_shift</c>).</param>
    /// <returns>[N, width], float32.</returns>
    public static Tensor Of(Tensor values, int width, bool cosineFirst = true, double frequencyShift = 0)
    {
        var half = width / 2;
        var exponent = arange(half, dtype: ScalarType.Float32, device: values.device).mul_(-Math.Log(MaxPeriod)).div_(half - frequencyShift);
        var angles = values.to(ScalarType.Float32).unsqueeze(1).mul(exponent.exp_().unsqueeze(0));
        var (first, second) = cosineFirst ? (angles.cos(), angles.sin()) : (angles.sin(), angles.cos());
        return cat([first, second], -1);
    }
}
