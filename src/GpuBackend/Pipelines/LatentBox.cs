using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>A box of latent pixels.</summary>
/// <param name="Top">First row.</param>
/// <param name="Left">First column.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Columns">Columns.</param>
internal readonly record struct LatentBox(int Top, int Left, int Rows, int Columns)
{
    /// <summary>The smallest box around a mask whose borders are multiples of a number.</summary>
    /// <param name="mask">The mask, whose grid's sides are such multiples.</param>
    /// <param name="multiple">The number, at least 1.</param>
    public static LatentBox Around(EditMask mask, int multiple)
    {
        var (columns, tokens) = (mask.Grid.Columns, mask.EditedTokens());
        var (top, bottom) = (tokens.Min(token => token / columns) / multiple, tokens.Max(token => token / columns) / multiple);
        var (left, right) = (tokens.Min(token => token % columns) / multiple, tokens.Max(token => token % columns) / multiple);
        return new LatentBox(top * multiple, left * multiple, (bottom - top + 1) * multiple, (right - left + 1) * multiple);
    }

    /// <summary>What lies in it.</summary>
    /// <param name="latents">[B, C, h, w].</param>
    public Tensor Of(Tensor latents) => latents.narrow(2, Top, Rows).narrow(3, Left, Columns);

    /// <summary>Latents with something else in the box.</summary>
    /// <param name="latents">[B, C, h, w].</param>
    /// <param name="inside">[B, C, rows, columns].</param>
    public Tensor Into(Tensor latents, Tensor inside)
    {
        var all = latents.clone();
        Of(all).copy_(inside);
        return all;
    }
}
