using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>Rows of the templates that a block only looks at: it takes keys and values of them.</summary>
internal sealed class ReusedRows
{
    private readonly Tensor? _hidden;
    private readonly Func<Tensor, Tensor>? _throughStorage;
    private readonly Tensor? _ready;

    private ReusedRows(Tensor? hidden, Func<Tensor, Tensor>? throughStorage, Tensor? ready) => (_hidden, _throughStorage, _ready) = (hidden, throughStorage, ready);

    /// <summary>Rows of the block's input.</summary>
    /// <param name="rows">[U, H].</param>
    /// <param name="throughStorage">What becomes of their keys and values, [U, 2 H], in a cache; <c>null</c>: they stay as they are.</param>
    public static ReusedRows Hidden(Tensor rows, Func<Tensor, Tensor>? throughStorage = null) => new(rows, throughStorage, null);

    /// <summary>Keys, rotated, and values.</summary>
    /// <param name="rows">[U, 2 H].</param>
    public static ReusedRows Ready(Tensor rows) => new(null, null, rows);

    /// <summary>Keys and values side by side, as they are cached.</summary>
    /// <param name="pair">Each [U, heads, d].</param>
    /// <returns>[U, 2 H].</returns>
    public static Tensor Joined((Tensor Key, Tensor Value) pair) => cat([pair.Key.flatten(1), pair.Value.flatten(1)], 1);

    /// <summary>Their keys, rotated, and values.</summary>
    /// <param name="layout">How they are packed.</param>
    /// <param name="heads">Attention heads.</param>
    /// <param name="project">The block's projection of input rows to keys and values, not yet rotated, each [U, heads, d].</param>
    /// <returns>Each [U, heads, d].</returns>
    public (Tensor Key, Tensor Value) KeysValues(PassLayout layout, int heads, Func<Tensor, (Tensor Key, Tensor Value)> project)
    {
        if (_hidden is null)
        {
            return Apart(_ready!, heads);
        }

        var (key, value) = project(_hidden);
        var rotated = RotaryTable.Rotate(key, layout.ExtraRotary!);
        return _throughStorage is null ? (rotated, value) : Apart(_throughStorage(Joined((rotated, value))), heads);
    }

    private static (Tensor Key, Tensor Value) Apart(Tensor rows, int heads)
    {
        var pair = rows.unflatten(1, [2, heads, -1]);
        return (pair.select(1, 0), pair.select(1, 1));
    }
}
