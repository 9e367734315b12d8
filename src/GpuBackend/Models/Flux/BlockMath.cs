using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>What both kinds of block are made of.</summary>
internal static class BlockMath
{
    private const double Epsilon = 1e-6;

    /// <summary>Layer norm, then scale and shift: (1 + scale) * norm(x) + shift.</summary>
    /// <param name="rows">[R, H].</param>
    /// <param name="modulation">[R or 1, at least (first + 2) * H].</param>
    /// <param name="first">Number of the chunk that holds the shift; the scale follows.</param>
    public static Tensor Modulate(Tensor rows, Tensor modulation, int first)
    {
        var width = rows.shape[1];
        var norm = nn.functional.layer_norm(rows, [width], eps: Epsilon);
        return addcmul(Chunk(modulation, first, width), norm, Chunk(modulation, first + 1, width).add(1), 1);
    }

    /// <summary>rows + gate * branch.</summary>
    public static Tensor AddGated(Tensor rows, Tensor modulation, int gate, Tensor branch) =>
        addcmul(rows, Chunk(modulation, gate, rows.shape[1]), branch, 1);

    /// <summary>Root-mean-square norm over each head's channels.</summary>
    /// <param name="heads">[R, ..., d].</param>
    /// <param name="scale">Broadcast against it.</param>
    public static Tensor HeadNorm(Tensor heads, Tensor scale) =>
        heads.square().mean([-1], keepdim: true).add_(Epsilon).rsqrt_().mul(heads).mul_(scale);

    /// <summary>Feed-forward network with the tanh form of GELU.</summary>
    public static Tensor FeedForward(Linear up, Linear down, Tensor rows) => down.Apply(Gelu(up.Apply(rows)));

    /// <summary>GELU, tanh form.</summary>
    public static Tensor Gelu(Tensor rows) => nn.functional.gelu(rows, TorchSharp.Modules.GELU.Approximate.tanh, inplace: true);

    /// <summary>Attention of each member's queries over its own keys and its extra keys.</summary>
    /// <param name="layout">The batch.</param>
    /// <param name="query">One tensor for each member, [n, heads, d].</param>
    /// <param name="key">Likewise.</param>
    /// <param name="value">Likewise.</param>
    /// <param name="extra">Keys and values of the extra rows, each [U, heads, d], or <c>null</c>.</param>
    /// <returns>For each member [n, H].</returns>
    public static Tensor[] Attend(PassLayout layout, Tensor[] query, Tensor[] key, Tensor[] value, (Tensor Key, Tensor Value)? extra)
    {
        var results = new Tensor[query.Length];
        var next = 0;
        for (var member = 0; member < query.Length; member++)
        {
            var rows = layout.ExtraRows[member];
            results[member] = Attend(
                query[member], WithExtra(key[member], extra?.Key, next, rows), WithExtra(value[member], extra?.Value, next, rows));
            next += rows;
        }

        return results;
    }

    private static Tensor WithExtra(Tensor own, Tensor? extra, int first, int rows) =>
        extra is null || rows == 0 ? own : cat([own, extra.narrow(0, first, rows)]);

    private static Tensor Attend(Tensor query, Tensor key, Tensor value) =>
        nn.functional.scaled_dot_product_attention(HeadsFirst(query), HeadsFirst(key), HeadsFirst(value))
            .squeeze(0).transpose(0, 1).flatten(1);

    private static Tensor HeadsFirst(Tensor rows) => rows.transpose(0, 1).unsqueeze(0);

    private static Tensor Chunk(Tensor modulation, int number, long width) => modulation.narrow(1, number * width, width);
}
