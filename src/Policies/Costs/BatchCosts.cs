namespace SimServe.Policies.Costs;

/// <summary>Fills the planner's view of every block for a batch.</summary>
/// <remarks>
/// <para>
/// Work and bytes are linear in the batch's masked tokens, so the costs depend on the batch only through its number of members and the
/// sum of their masked tokens. Each guidance branch counts as a member of its own.
/// </para>
/// <para>
/// A block needs the template's rows of its input where the block before it leaves some out, that is, where that one is token-wise. The first block's input
/// is the embedding of the template's latents, and what follows convolutions is the convolutions' result: both are there without a load. Convolutions
/// themselves need the rows that the transformer block before them left out. Where keys and values are cached, a block needs those of its own reused rows, the
/// first block too.
/// </para>
/// </remarks>
public static class BatchCosts
{
    /// <summary>Computes the costs of every block.</summary>
    /// <param name="model">The model.</param>
    /// <param name="device">Predicts times.</param>
    /// <param name="members">Requests in the batch, at least 1.</param>
    /// <param name="maskedTokens">Sum of their masked tokens.</param>
    /// <param name="costs">Receives one cost per block.</param>
    /// <param name="resident">The part of the batch that loads nothing.</param>
    public static void Fill(ModelShape model, ICostModel device, int members, int maskedTokens, Span<BlockCost> costs, ResidentPart resident = default)
    {
        var batch = Batch.Of(model, members, maskedTokens, resident);
        for (var i = 0; i < costs.Length; i++)
        {
            // Runs of equal blocks are priced once: a Flux model has 57 blocks of two kinds.
            costs[i] = ContinuesRun(model, i) ? costs[i - 1] : Price(batch, device, i);
        }
    }

    /// <summary>Bytes a step moves over the link.</summary>
    /// <param name="model">The model.</param>
    /// <param name="members">Requests in the batch, at least 1.</param>
    /// <param name="maskedTokens">Sum of their masked tokens.</param>
    /// <param name="modes">Mode of every block.</param>
    /// <param name="resident">The part of the batch that loads nothing.</param>
    public static long Bytes(ModelShape model, int members, int maskedTokens, ReadOnlySpan<BlockMode> modes, ResidentPart resident = default)
    {
        var batch = Batch.Of(model, members, maskedTokens, resident);
        var bytes = 0L;
        for (var i = 0; i < modes.Length; i++)
        {
            bytes += modes[i] switch
            {
                BlockMode.Cached => batch.LoadBytes(i),
                BlockMode.Recomputed when i > 0 && (modes[i - 1] == BlockMode.Cached || batch.AlwaysResumes(i)) => batch.ResumeBytes(i),
                _ => 0,
            };
        }

        return bytes;
    }

    // A block's cost depends on itself, on the block before, and on whether the two before that are token-wise.
    private static bool ContinuesRun(ModelShape model, int block) =>
        block >= 3 && model.Blocks[block] == model.Blocks[block - 1] && model.Blocks[block - 1] == model.Blocks[block - 2] && model.Blocks[block - 3].IsTokenWise
        && model.Keeps(block) == model.Keeps(block - 1) && model.Keeps(block - 1) == model.Keeps(block - 2);

    private static BlockCost Price(in Batch batch, ICostModel device, int block)
    {
        var kind = batch.Block(block).Kind;
        var masked = device.Compute(kind, batch.MaskedWork(block));
        var cached = batch.Model.LoadsKeysValues(block) ? device.Compute(kind, batch.CachedWork(block)) : masked;
        var previous = batch.NeedsTemplate(block) ? Plain(batch, device, block - 1) : TimeSpan.Zero;
        return new BlockCost(
            Plain(batch, device, block),
            cached,
            masked + previous,
            batch.Loads(block) ? device.Load(batch.LoadBytes(block)) : TimeSpan.Zero,
            batch.Loads(block - 1) ? device.Load(batch.ResumeBytes(block)) : TimeSpan.Zero,
            batch.AlwaysResumes(block),
            batch.RuleOf(block));
    }

    private static TimeSpan Plain(in Batch batch, ICostModel device, int block) => device.Compute(batch.Block(block).Kind, batch.PlainWork(block));

    private readonly record struct Batch(ModelShape Model, int Passes, long MaskedTokens, int LoadedPasses, long LoadedMaskedTokens)
    {
        public static Batch Of(ModelShape model, int members, int maskedTokens, ResidentPart resident) => new(
            model,
            members * model.Branches,
            (long)maskedTokens * model.Branches,
            (members - resident.Members) * model.Branches,
            (long)(maskedTokens - resident.MaskedTokens) * model.Branches);

        // Whether anybody's rows for a block come over the link.
        public bool Loads(int block) => PassesThatLoad(block) > 0;

        public BlockShape Block(int block) => Model.Blocks[block];

        public Work PlainWork(int block) => Block(block).MaskedWork(Passes, (long)Passes * Block(block).ImageTokens);

        public Work MaskedWork(int block) => Block(block).MaskedWork(Passes, Masked(block));

        public Work CachedWork(int block) => Model.CachedWork(block, Passes, Masked(block));

        // Behind convolutions the template's computation starts from loaded rows, or not at all.
        public RecomputeRule RuleOf(int block) => !Model.Recomputes ? RecomputeRule.Never
            : Model.Cache.Resumes(Model.BytesPerElement) || (block > 0 && !NeedsTemplate(block)) ? RecomputeRule.Anywhere
            : block > 0 && (AlwaysResumes(block) || !Block(block).IsTokenWise) ? RecomputeRule.Never
            : RecomputeRule.FromStart;

        public bool NeedsTemplate(int block) => block > 0 && Block(block - 1).IsTokenWise;

        // The template's input of the block before is not there, and no rows of it were loaded either.
        public bool AlwaysResumes(int block) => NeedsTemplate(block) && block > 1 && !Block(block - 2).IsTokenWise;

        public long LoadBytes(int block)
        {
            // Of keys and values the block's own rows, else those of the input that the block before left out.
            var source = Model.LoadsKeysValues(block) ? block : block - 1;
            return Model.LoadedRowBytes(block) is var bytes and > 0 ? bytes * (((long)Block(source).ImageTokens * PassesThatLoad(block)) - (Model.LoadsWholeTemplates ? 0 : LoadedMasked(source, block))) : 0;
        }

        public long ResumeBytes(int block)
        {
            if (block <= 1 || !NeedsTemplate(block) || !Model.Cache.Resumes(Model.BytesPerElement))
            {
                return 0;
            }

            // They are rows of the input of the block before.
            var passes = PassesThatLoad(block - 1);
            var image = AlwaysResumes(block) ? (long)Block(block - 1).ImageTokens * passes : LoadedMasked(block - 1, block - 1);
            return Model.HiddenRowBytes(block - 1) * (image + ((long)Block(block - 1).TextTokens * passes));
        }

        private long Masked(int block) => Model.MaskedTokensAt(Block(block), MaskedTokens);

        // A device that has a template in its memory keeps the rows of some blocks of it, or of all.
        private int PassesThatLoad(int block) => block < 0 || Model.Keeps(block) ? LoadedPasses : Passes;

        private long LoadedMasked(int source, int block) =>
            Model.MaskedTokensAt(Block(source), Model.Keeps(block) ? LoadedMaskedTokens : MaskedTokens);
    }
}
