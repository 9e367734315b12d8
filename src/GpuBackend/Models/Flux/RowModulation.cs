using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>Adaptive layer norm of packed rows: shifts, scales and gates that depend on a member's condition.</summary>
/// <param name="Values">
/// Chunks of H channels for each row, [R, chunks * H]; for all rows, [1, chunks * H]; or for groups of as many rows each, [groups, 1, chunks * H].
/// </param>
/// <param name="Groups">Groups; 1 in the first two forms.</param>
/// <remarks>Source: Peebles and Xie, "Scalable Diffusion Models with Transformers", 2023. Groups broadcast: no copy of the chunks for each row.</remarks>
internal readonly record struct RowModulation(Tensor Values, int Groups)
{
    private const double Epsilon = 1e-6;

    /// <summary>Layer norm, then scale and shift: (1 + scale) * norm(x) + shift.</summary>
    /// <param name="rows">[R, H].</param>
    /// <param name="shift">Number of the chunk that shifts.</param>
    /// <param name="scale">Number of the chunk that scales.</param>
    /// <returns>[R, H].</returns>
    public Tensor Norm(Tensor rows, int shift, int scale)
    {
        var width = rows.shape[1];
        var norm = nn.functional.layer_norm(rows, [width], eps: Epsilon);
        return Packed(addcmul(Chunk(shift, width), Grouped(norm), Chunk(scale, width).add(1), 1));
    }

    /// <summary>rows + gate * branch.</summary>
    /// <param name="rows">[R, H].</param>
    /// <param name="gate">Number of the chunk that gates.</param>
    /// <param name="branch">[R, H].</param>
    /// <returns>[R, H].</returns>
    public Tensor AddGated(Tensor rows, int gate, Tensor branch) =>
        Packed(addcmul(Grouped(rows), Chunk(gate, rows.shape[1]), Grouped(branch), 1));

    private Tensor Chunk(int number, long width) => Values.narrow(-1, number * width, width);

    private Tensor Grouped(Tensor rows) => Groups == 1 ? rows : rows.unflatten(0, [Groups, -1]);

    private Tensor Packed(Tensor rows) => Groups == 1 ? rows : rows.flatten(0, 1);
}
