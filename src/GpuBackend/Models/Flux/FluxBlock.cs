using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>One transformer block over packed rows.</summary>
/// <param name="weights">Its place.</param>
internal abstract class FluxBlock(WeightScope weights)
{
    // Largest finite number of float16; the reference cuts hidden states off there.
    private const double LargestHalf = 65504;

    /// <summary>Where the block's inputs and outputs are shown.</summary>
    public Tap Tap { get; } = weights.Tap();

    /// <summary>Runs the block.</summary>
    /// <param name="layout">How the rows are packed.</param>
    /// <param name="condition">
    /// SiLU of the time-and-prompt vector of each member; with extra rows followed by those of each member's template. [members, H].
    /// </param>
    /// <param name="rows">The block's input; not freed.</param>
    /// <param name="extra">Rows that give keys and values only, or <c>null</c>.</param>
    /// <returns>The block's output, same shape as <paramref name="rows"/>.</returns>
    public HiddenRows Run(PassLayout layout, Tensor condition, HiddenRows rows, ReusedRows? extra)
    {
        using var scope = NewDisposeScope();
        return Compute(layout, condition, rows, extra).Keep();
    }

    /// <summary>What attention takes of the image rows of a block's input: keys, rotated, and values.</summary>
    /// <param name="layout">How the rows are packed.</param>
    /// <param name="condition">SiLU of the time-and-prompt vector of each member.</param>
    /// <param name="rows">The block's input.</param>
    /// <param name="rotary">Rotary factors of the image rows, [N, 1, d/2].</param>
    /// <returns>Each [N, heads, d].</returns>
    public (Tensor Key, Tensor Value) KeysValues(PassLayout layout, Tensor condition, HiddenRows rows, Tensor rotary)
    {
        var (key, value) = ProjectImage(layout.Image, condition, rows.Split(layout).Image);
        return (RotaryTable.Rotate(key, rotary), value);
    }

    /// <summary>Keys and values of image rows, not yet rotated.</summary>
    /// <param name="owners">The member of each row.</param>
    /// <param name="condition">[members, H].</param>
    /// <param name="image">[N, H].</param>
    protected abstract (Tensor Key, Tensor Value) ProjectImage(RowOwners owners, Tensor condition, Tensor image);

    /// <summary>The block's arithmetic; everything it leaves behind but its result is freed by the caller.</summary>
    protected abstract HiddenRows Compute(PassLayout layout, Tensor condition, HiddenRows rows, ReusedRows? extra);

    /// <summary>Keeps float16 rows finite; other types have room enough.</summary>
    protected static Tensor Finite(Tensor rows) => rows.dtype == ScalarType.Float16 ? rows.clamp_(-LargestHalf, LargestHalf) : rows;
}
