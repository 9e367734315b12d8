using SimServe.Policies;

namespace SimServe.GpuBackend.Masking;

/// <summary>Which of the templates' rows a step asks for.</summary>
public static class RowLoads
{
    /// <summary>The loads of a step in the order the step asks for them.</summary>
    /// <param name="modes">One mode for each block.</param>
    /// <param name="unmaskedTokens">Unmasked tokens of the whole batch; 0 needs no rows at all.</param>
    /// <param name="variant">What is cached.</param>
    /// <remarks>
    /// Of block inputs the first block's rows come from embedding the templates' latents. A recomputed block needs all rows of the block before: embedded, still there
    /// from its own recomputation, or loaded to join the unmasked rows that the cached block before it already has. Keys and values are loaded for the first block too, and nothing resumes from them.
    /// </remarks>
    public static IReadOnlyList<RowLoad> Order(IReadOnlyList<BlockMode> modes, int unmaskedTokens, CacheVariant variant = CacheVariant.BlockInput)
    {
        ArgumentNullException.ThrowIfNull(modes);
        List<RowLoad> loads = [];
        for (var block = variant == CacheVariant.KeysValues ? 0 : 1; block < modes.Count && unmaskedTokens > 0; block++)
        {
            if (modes[block] == BlockMode.Cached)
            {
                loads.Add(new RowLoad(block, Resume: false));
            }
            else if (NeedsResume(modes, block))
            {
                loads.Add(new RowLoad(block - 1, Resume: true));
            }
        }

        return loads;
    }

    /// <summary>Whether a block's recomputation starts from loaded rows.</summary>
    internal static bool NeedsResume(IReadOnlyList<BlockMode> modes, int block) =>
        block >= 2 && modes[block] == BlockMode.Recomputed && modes[block - 1] == BlockMode.Cached;
}
