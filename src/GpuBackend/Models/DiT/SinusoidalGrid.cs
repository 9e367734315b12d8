using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.DiT;

/// <summary>Positions of a grid of tokens as sines and cosines of their column and row.</summary>
/// <remarks>
/// Source: diffusers' <c>get_2d_sincos_pos_embed</c>: the first half of the channels is the column's, the second the row's, each sines then cosines of
/// position / 10 000^(i / n). Coordinates are scaled so that any grid spans what the trained one did. Computed in float64, as there.
/// </remarks>
internal static class SinusoidalGrid
{
    private const double MaxPeriod = 10_000;

    /// <summary>Makes the table.</summary>
    /// <param name="rows">Rows of tokens.</param>
    /// <param name="columns">Columns of tokens.</param>
    /// <param name="trained">Rows, and columns, of the grid in training.</param>
    /// <param name="width">Channels; a multiple of 4.</param>
    /// <param name="device">Where it goes.</param>
    /// <returns>[1, rows * columns, width], float32.</returns>
    public static Tensor Of(long rows, long columns, long trained, long width, Device device)
    {
        var column = Axis(columns, trained, width / 2, device).unsqueeze(0).expand(rows, -1, -1);
        var row = Axis(rows, trained, width / 2, device).unsqueeze(1).expand(-1, columns, -1);
        return cat([column, row], -1).reshape(1, rows * columns, width).to(ScalarType.Float32);
    }

    private static Tensor Axis(long count, long trained, long width, Device device)
    {
        var half = width / 2;
        var position = arange(count, dtype: ScalarType.Float32, device: device).div_((double)count / trained).to(ScalarType.Float64);
        var frequency = arange(half, dtype: ScalarType.Float64, device: device).mul_(-Math.Log(MaxPeriod) / half).exp_();
        var angles = position.unsqueeze(1).mul(frequency.unsqueeze(0));
        return cat([angles.sin(), angles.cos()], -1);
    }
}
