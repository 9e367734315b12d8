using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>Rotary position embeddings: one complex factor for each token and each pair of a head's channels.</summary>
/// <remarks>
/// Source: Su et al., "RoFormer", 2021, with FLUX.1's three axes and its interleaved pairs. Multiplying by a complex number of size 1 is the
/// rotation of a pair.
/// </remarks>
internal static class RotaryTable
{
    private const double Theta = 10_000;

    /// <summary>The factors of some tokens.</summary>
    /// <param name="ids">Coordinates, [R, 3], any numbers.</param>
    /// <param name="axes">Channels of each coordinate.</param>
    /// <returns>[R, 1, d/2], complex64; computed in float64 and rounded, as the reference does.</returns>
    public static Tensor Of(Tensor ids, RotaryAxes axes)
    {
        using var scope = NewDisposeScope();
        var positions = ids.to(ScalarType.Float64);
        var angles = cat([Axis(positions, 0, axes.Index), Axis(positions, 1, axes.Row), Axis(positions, 2, axes.Column)], 1).unsqueeze(1);
        return complex(angles.cos().to(ScalarType.Float32), angles.sin().to(ScalarType.Float32)).MoveToOuterDisposeScope();
    }

    /// <summary>Rotates the pairs of each head.</summary>
    /// <param name="heads">[R, heads, d], the last axis contiguous.</param>
    /// <param name="factors">[R, 1, d/2].</param>
    /// <returns>[R, heads, d]; rotated in float32, of the type of <paramref name="heads"/>.</returns>
    public static Tensor Rotate(Tensor heads, Tensor factors) => heads.to(ScalarType.Float32)
        .unflatten(2, [-1, 2]).view_as_complex().mul(factors).view_as_real().flatten(2).to(heads.dtype);

    // Angles of one coordinate, [R, channels/2].
    private static Tensor Axis(Tensor positions, int coordinate, int channels)
    {
        var exponents = arange(0, channels, 2, dtype: ScalarType.Float64, device: positions.device).mul_(-Math.Log(Theta) / Math.Max(1, channels));
        return positions.narrow(1, coordinate, 1).mul(exponents.exp_());
    }
}
