using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>Rotary position embeddings: one complex factor for each token and each pair of a head's channels.</summary>
/// <remarks>
/// Source: Su et al., "RoFormer", 2021, with FLUX.1's three axes and its interleaved pairs. Multiplying by a complex number of size 1 is the
/// rotation of a pair. Text tokens stand at the origin, where the rotation is the identity.
/// </remarks>
internal static class RotaryTable
{
    /// <summary>The factors of every image token.</summary>
    /// <returns>[L, 1, d/2], complex64.</returns>
    public static Tensor Image(FluxConfig config)
    {
        var half = config.HeadWidth / 2;
        var (cosines, sines) = (new float[config.Grid.Count * half], new float[config.Grid.Count * half]);
        for (var token = 0; token < config.Grid.Count; token++)
        {
            var angles = Angles(config, token);
            for (var pair = 0; pair < half; pair++)
            {
                cosines[(token * half) + pair] = (float)Math.Cos(angles[pair]);
                sines[(token * half) + pair] = (float)Math.Sin(angles[pair]);
            }
        }

        return complex(tensor(cosines, [config.Grid.Count, 1, half]), tensor(sines, [config.Grid.Count, 1, half]));
    }

    /// <summary>Rotates the pairs of each head.</summary>
    /// <param name="heads">[R, ..., d], contiguous.</param>
    /// <param name="factors">Complex, broadcast against [R, ..., d/2].</param>
    /// <returns>[R, ..., d].</returns>
    public static Tensor Rotate(Tensor heads, Tensor factors) =>
        heads.unflatten((int)heads.Dimensions - 1, [-1, 2]).view_as_complex().mul(factors).view_as_real().flatten(-2);

    private static double[] Angles(FluxConfig config, int token)
    {
        var (axes, grid) = (config.RotaryAxes, config.Grid);
        return
        [
            .. Axis(0, axes.Index, config.Theta),
            .. Axis(token / grid.Columns, axes.Row, config.Theta),
            .. Axis(token % grid.Columns, axes.Column, config.Theta),
        ];
    }

    private static IEnumerable<double> Axis(int position, int channels, double theta) =>
        Enumerable.Range(0, channels / 2).Select(pair => position * Math.Pow(theta, -2.0 * pair / channels));
}
