using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Models.DiT;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers.Transformers;

/// <summary>Keys and values of unmasked tokens out of recordings, block by block.</summary>
/// <param name="lanes">Each lane's recording.</param>
/// <param name="variant">What was recorded.</param>
/// <param name="attentions">Attentions over image tokens of each block.</param>
internal sealed class CachedRows(IReadOnlyList<LaneReuse> lanes, ReuseVariant variant, IReadOnlyList<int> attentions) : IBlockRows
{
    private int _block;
    private int _next;

    public (Tensor Key, Tensor Value)[] Unmasked(PackedTokens tokens, MakeKeys keys)
    {
        var count = attentions[_block++];
        if (variant == ReuseVariant.KeysAndValues)
        {
            return [.. Enumerable.Range(0, count).Select(_ => (tokens.Unmask(Next()), tokens.Unmask(Next())))];
        }

        var rows = tokens.Unmask(Next());
        var parts = stack([.. Next()]);
        return keys(rows, [.. Enumerable.Range(0, (int)parts.shape[1]).Select(part => tokens.ForUnmasked(parts.select(1, part)))]);
    }

    private Tensor[] Next()
    {
        var next = _next++;
        return [.. lanes.Select(lane => lane.Layers.Rows[next])];
    }
}
