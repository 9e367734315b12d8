using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.DiT;

/// <summary>How a condition acts on rows.</summary>
internal static class Modulation
{
    /// <summary>rows * (1 + scale) + shift.</summary>
    /// <param name="rows">[B, L, H].</param>
    /// <param name="shift">[B, H].</param>
    /// <param name="scale">[B, H].</param>
    public static Tensor Apply(Tensor rows, Tensor shift, Tensor scale) => rows.mul(scale.unsqueeze(1).add(1)).add_(shift.unsqueeze(1));

    /// <summary>rows + gate * branch.</summary>
    /// <param name="rows">[B, L, H].</param>
    /// <param name="gate">[B, H].</param>
    /// <param name="branch">[B, L, H].</param>
    public static Tensor AddGated(Tensor rows, Tensor gate, Tensor branch) => addcmul(rows, gate.unsqueeze(1), branch, 1);

    /// <summary>rows * (1 + scale) + shift, with a shift and a scale for each row; all [n, H].</summary>
    public static Tensor ApplyToRows(Tensor rows, Tensor shift, Tensor scale) => addcmul(shift, rows, scale.add(1), 1);

    /// <summary>rows + gate * branch, with a gate for each row; all [n, H].</summary>
    public static Tensor AddGatedToRows(Tensor rows, Tensor gate, Tensor branch) => addcmul(rows, gate, branch, 1);
}
