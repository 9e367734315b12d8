using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>Latents as Flux's tokens: each takes a square of 2x2 latents.</summary>
internal static class FluxPacking
{
    /// <summary>Latents of one token's side.</summary>
    public const int Side = 2;

    /// <summary>[B, C, h, w] to [B, h/2 * w/2, 4C].</summary>
    public static Tensor Pack(Tensor latents)
    {
        var (batch, channels, height, width) = (latents.shape[0], latents.shape[1], latents.shape[2] / Side, latents.shape[3] / Side);
        return latents.view(batch, channels, height, Side, width, Side).permute(0, 2, 4, 1, 3, 5).reshape(batch, height * width, channels * Side * Side);
    }

    /// <summary>[B, h/2 * w/2, 4C] to [B, C, h, w].</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="rows">Rows of tokens, h/2.</param>
    /// <param name="columns">Columns of tokens, w/2.</param>
    public static Tensor Unpack(Tensor tokens, long rows, long columns)
    {
        var channels = tokens.shape[2] / (Side * Side);
        return tokens.view(-1, rows, columns, channels, Side, Side).permute(0, 3, 1, 4, 2, 5).reshape(-1, channels, rows * Side, columns * Side);
    }

    /// <summary>Positions of the tokens, [h/2 * w/2, 3]: 0, row, column.</summary>
    public static Tensor Positions(long rows, long columns, Device device)
    {
        using var scope = NewDisposeScope();
        var row = arange(rows, dtype: ScalarType.Float32, device: device).unsqueeze(1).expand(rows, columns);
        var column = arange(columns, dtype: ScalarType.Float32, device: device).unsqueeze(0).expand(rows, columns);
        return stack([zeros_like(row), row, column], -1).reshape(rows * columns, 3).MoveToOuterDisposeScope();
    }
}
