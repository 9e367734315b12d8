using SimServe.GpuBackend.Layers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>Attention within each member of a batch: its queries over its own keys and its extra keys.</summary>
internal static class PackedAttention
{
    /// <summary>Rotates queries and keys of the joint sequence, and attends.</summary>
    /// <param name="layout">How the rows are packed.</param>
    /// <param name="own">Queries, keys and values of the joint sequence, each [S, heads, d].</param>
    /// <param name="extra">Keys, rotated, and values of the extra rows, each [U, heads, d], or <c>null</c>.</param>
    /// <returns>[S, H].</returns>
    public static Tensor Run(PassLayout layout, (Tensor Query, Tensor Key, Tensor Value) own, (Tensor Key, Tensor Value)? extra)
    {
        var (query, key) = (RotaryTable.Rotate(own.Query, layout.SequenceRotary), RotaryTable.Rotate(own.Key, layout.SequenceRotary));
        if (extra is null && layout.EqualRows is { } equal)
        {
            return Attend(query.unflatten(0, [-1, equal]), key.unflatten(0, [-1, equal]), own.Value.unflatten(0, [-1, equal])).flatten(0, 1);
        }

        var queries = query.split(layout.SequenceRows);
        var keys = key.split(layout.SequenceRows);
        var values = own.Value.split(layout.SequenceRows);
        if (extra is { } rows)
        {
            Append(keys, rows.Key, layout.ExtraRows);
            Append(values, rows.Value, layout.ExtraRows);
        }

        return PassLayout.Packed([.. queries.Select((query, member) => Attend(query.unsqueeze(0), keys[member].unsqueeze(0), values[member].unsqueeze(0)).squeeze(0))]);
    }

    private static void Append(Tensor[] own, Tensor extra, long[] rows)
    {
        var next = 0L;
        for (var member = 0; member < own.Length; member++)
        {
            if (rows[member] > 0)
            {
                own[member] = cat([own[member], extra.narrow(0, next, rows[member])]);
                next += rows[member];
            }
        }
    }

    // [B, rows, heads, d] to [B, rows, H].
    private static Tensor Attend(Tensor query, Tensor key, Tensor value) =>
        Attention.Of(query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2)).transpose(1, 2).flatten(2);
}
