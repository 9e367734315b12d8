namespace SimServe.Policies.Costs;

/// <summary>Fills the planner's view of every block for a batch.</summary>
/// <remarks>
/// Work and bytes are linear in the batch's masked tokens, so the costs depend on the batch only through its number of members and the
/// sum of their masked tokens.
/// </remarks>
public static class BatchCosts
{
    /// <summary>Computes the costs of every block.</summary>
    /// <param name="model">The model.</param>
    /// <param name="device">Predicts times.</param>
    /// <param name="members">Requests in the batch, at least 1.</param>
    /// <param name="maskedTokens">Sum of their masked tokens.</param>
    /// <param name="costs">Receives one cost per block.</param>
    public static void Fill(ModelShape model, ICostModel device, int members, int maskedTokens, Span<BlockCost> costs)
    {
        for (var i = 0; i < costs.Length; i++)
        {
            // Runs of equal blocks are priced once: a Flux model has 57 blocks of two kinds.
            costs[i] = i >= 3 && model.Blocks[i] == model.Blocks[i - 1] && model.Blocks[i - 1] == model.Blocks[i - 2]
                ? costs[i - 1]
                : Price(model, device, members, maskedTokens, i);
        }
    }

    /// <summary>Bytes a step moves over the link.</summary>
    /// <param name="model">The model.</param>
    /// <param name="members">Requests in the batch, at least 1.</param>
    /// <param name="maskedTokens">Sum of their masked tokens.</param>
    /// <param name="modes">Mode of every block.</param>
    public static long Bytes(ModelShape model, int members, int maskedTokens, ReadOnlySpan<BlockMode> modes)
    {
        var bytes = 0L;
        for (var i = 0; i < modes.Length; i++)
        {
            bytes += modes[i] switch
            {
                BlockMode.Cached => LoadBytes(model, members, maskedTokens, i),
                BlockMode.Recomputed when i > 0 && modes[i - 1] == BlockMode.Cached => ResumeBytes(model, members, maskedTokens, i),
                _ => 0,
            };
        }

        return bytes;
    }

    private static BlockCost Price(ModelShape model, ICostModel device, int members, int maskedTokens, int block)
    {
        var shape = model.Blocks[block];
        var masked = device.Compute(shape.Kind, BatchMaskedWork(shape, members, maskedTokens));
        var previous = block == 0 ? TimeSpan.Zero : Plain(device, model.Blocks[block - 1], members);
        return new BlockCost(
            Plain(device, shape, members),
            masked,
            masked + previous,
            device.Load(LoadBytes(model, members, maskedTokens, block)),
            device.Load(ResumeBytes(model, members, maskedTokens, block)));
    }

    private static TimeSpan Plain(ICostModel device, BlockShape shape, int members) =>
        device.Compute(shape.Kind, shape.PlainWork().Times(members));

    private static Work BatchMaskedWork(BlockShape shape, int members, int maskedTokens)
    {
        // Linear in the masked tokens: the work of (members) empty masks plus the slope times the sum.
        var none = shape.MaskedWork(0);
        var slope = shape.MaskedWork(1);
        return new Work(
            members,
            (none.Rows * members) + ((slope.Rows - none.Rows) * maskedTokens),
            (none.ReusedRows * members) + ((slope.ReusedRows - none.ReusedRows) * maskedTokens),
            (none.LinearFlops * members) + ((slope.LinearFlops - none.LinearFlops) * maskedTokens),
            (none.AttentionFlops * members) + ((slope.AttentionFlops - none.AttentionFlops) * maskedTokens));
    }

    // The first block's input is the embedding of the template's latents, which is computed and never loaded.
    private static long LoadBytes(ModelShape model, int members, int maskedTokens, int block) => block == 0
        ? 0
        : (((long)model.Blocks[block].ImageTokens * members) - maskedTokens) * model.Blocks[block].Width * model.BytesPerElement;

    private static long ResumeBytes(ModelShape model, int members, int maskedTokens, int block) => block <= 1
        ? 0
        : (((long)model.TextTokens * members) + maskedTokens) * model.Blocks[block - 1].Width * model.BytesPerElement;
}
