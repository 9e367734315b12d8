using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using SimServe.Policies.AddOns;

namespace SimServe.Policies;

/// <summary>The sizes of a diffusion model: all that policies and cost models know of it.</summary>
/// <remarks>Operations are counted as two for each multiply-add; norms, activations and other element-wise work are left out.</remarks>
public sealed record ModelShape
{
    // Shapes at other sizes are asked for by every run and must be the same objects: planners are found by them.
    private static readonly ConditionalWeakTable<ModelShape, ConcurrentDictionary<TokenGrid, ModelShape>> Resized = [];

    /// <summary>Name for reports and profiles, e.g. <c>flux-nano</c>.</summary>
    public required string Name { get; init; }

    /// <summary>How images are cut into tokens: masks are made of these. For a UNet, its latent pixels.</summary>
    public required TokenGrid Grid { get; init; }

    /// <summary>Text tokens of every request.</summary>
    public required int TextTokens { get; init; }

    /// <summary>The blocks in order of execution; at least one.</summary>
    public required IReadOnlyList<BlockShape> Blocks { get; init; }

    /// <summary>Bytes of one number that the model computes in, of weights and activations, e.g. 4 for fp32.</summary>
    public required int BytesPerElement { get; init; }

    /// <summary>What cached rows of templates are.</summary>
    /// <value>Each block's input, in the numbers that the model computes in.</value>
    public CacheFormat Cache { get; init; }

    /// <summary>What a device keeps of a template that lies in its own memory: for every block, whether the rows that it loads stay there.</summary>
    /// <value><c>null</c>: all of them. <see cref="Residency.TemplateResidency"/> chooses.</value>
    public IReadOnlyList<bool>? KeptBlocks { get; init; }

    /// <summary>Whether all image rows of a template are copied, masked ones too, as the artifact of FlashPS (EuroSys '26) does.</summary>
    /// <value><c>false</c>: only rows that are reused move.</value>
    public bool LoadsWholeTemplates { get; init; }

    /// <summary>Whether a template's own computation can go on from what is cached of it, so that blocks may be <see cref="BlockMode.Recomputed"/>.</summary>
    /// <value><c>true</c>. UNets on real devices cannot: what their convolutions read of the template is not there.</value>
    public bool Recomputes { get; init; } = true;

    /// <summary>Work of one forward pass outside its blocks: embeddings of latents, text and time, and the last layer. The same for masked passes.</summary>
    /// <value>None.</value>
    public Work Outside { get; init; }

    /// <summary>Forward passes of one request in one step: 2 with classifier-free guidance.</summary>
    /// <value>1.</value>
    public int Branches { get; init; } = 1;

    /// <summary>Branches whose rows are kept of a template in a host's memory and files.</summary>
    /// <value><c>null</c>: as many as <see cref="Branches"/>. Devices that share a model's branches compute fewer than their host keeps.</value>
    public int? RecordedBranches { get; init; }

    /// <summary>What a ControlNet of the model asks for.</summary>
    /// <value><c>null</c>: nobody knows, and they cost nothing.</value>
    public ControlNetSizes? ControlNet { get; init; }

    /// <summary>Weights of the denoising model, or <c>null</c> where nobody counted them.</summary>
    public long? Parameters { get; init; }

    /// <summary>The models before and after denoising; empty where nobody stated them.</summary>
    public IReadOnlyList<StageShape> Stages { get; init; } = [];

    /// <summary>Works out the shape at another size of images, or <c>null</c> where the model has one size only.</summary>
    public Func<TokenGrid, ModelShape>? Resize { get; init; }

    /// <summary>The same model at a size of images; the same object every time.</summary>
    /// <param name="grid">How images of that size are cut into tokens.</param>
    /// <exception cref="NotSupportedException">The model has another size only.</exception>
    public ModelShape At(TokenGrid grid) => grid == Grid ? this : Resized.GetOrCreateValue(this).GetOrAdd(
        grid,
        static (size, model) => model.Resize?.Invoke(size) is { } resized ? resized with { Cache = model.Cache, KeptBlocks = model.KeptBlocks, LoadsWholeTemplates = model.LoadsWholeTemplates, Recomputes = model.Recomputes, Branches = model.Branches, RecordedBranches = model.RecordedBranches } : throw new NotSupportedException(
            $"{model.Name} serves images of {model.Grid.Width}x{model.Grid.Height} pixels only, not {size.Width}x{size.Height}."),
        this);

    /// <summary>What one of two devices computes that share a guided model's branches: the same model with one branch.</summary>
    /// <exception cref="NotSupportedException">It has one branch only.</exception>
    /// <remarks>Latent (CFG) parallelism: Katz (ATC '25), section 7.</remarks>
    public ModelShape OneBranch() => Branches == 2 ? this with { Branches = 1, RecordedBranches = Branches } : throw new NotSupportedException($"{Name} has {Branches} branch: there is nothing to share between two devices.");

    /// <summary>The sizes in words, the same whatever numbers it computes in: tells models apart that have one name.</summary>
    public string Sizes => FormattableString.Invariant(
        $"{Grid.Columns}x{Grid.Rows} tokens of {Grid.PatchPixels} pixels, {TextTokens} text tokens, {Blocks.Count} blocks, {PlainStepFlops} operations a step");

    /// <summary>Bytes of the denoising model's weights, or <c>null</c> where nobody counted them.</summary>
    public long? WeightBytes => Parameters * BytesPerElement;

    /// <summary>Work of one plain forward pass of one branch.</summary>
    public Work ForwardWork => Blocks.Aggregate(Outside, static (sum, block) => sum + block.PlainWork());

    /// <summary>Floating-point operations of one plain denoising step of one request.</summary>
    public long PlainStepFlops => Branches * ForwardWork.Flops;

    /// <summary>Floating-point operations of one masked denoising step of one request that reuses every block from the cache.</summary>
    /// <param name="maskedTokens">Masked image tokens of the grid.</param>
    public long MaskedStepFlops(int maskedTokens)
    {
        var flops = Outside.Flops;
        for (var block = 0; block < Blocks.Count; block++)
        {
            flops += CachedWork(block, 1, MaskedTokensAt(Blocks[block], maskedTokens)).Flops;
        }

        return Branches * flops;
    }

    /// <summary>Work of a block of a batch whose reused rows come from the cache.</summary>
    /// <param name="block">Number of the block.</param>
    /// <param name="members">Requests, at least 1.</param>
    /// <param name="maskedTokens">Sum of their masked tokens among the block's own.</param>
    /// <remarks>Reused rows that come as keys and values are not projected; they are still rows that are put in their place.</remarks>
    public Work CachedWork(int block, int members, long maskedTokens)
    {
        var shape = Blocks[block];
        var work = shape.MaskedWork(members, maskedTokens);
        return LoadsKeysValues(block) ? work + shape.Work.PerReusedRow.Times(((long)members * shape.ImageTokens) - maskedTokens).Saved() : work;
    }

    /// <summary>Whether a block in mode <see cref="BlockMode.Cached"/> gets keys and values: where they are what is cached, but not behind convolutions, whose result gives them without a load.</summary>
    /// <param name="block">Number of the block.</param>
    public bool LoadsKeysValues(int block) =>
        Cache.Variant == CacheVariant.KeysValues && Blocks[block].IsTokenWise && (block == 0 || Blocks[block - 1].IsTokenWise);

    /// <summary>Bytes that a block in mode <see cref="BlockMode.Cached"/> loads for each row that it reuses.</summary>
    /// <param name="block">Number of the block.</param>
    /// <value>0 where its input is there without a load.</value>
    public long LoadedRowBytes(int block) => LoadsKeysValues(block) ? Cache.RowBytes(Blocks[block].Width, BytesPerElement)
        : block > 0 && Blocks[block - 1].IsTokenWise ? HiddenRowBytes(block - 1)
        : 0;

    /// <summary>Bytes of a row of a block's output in the cache.</summary>
    /// <param name="block">Number of the block.</param>
    public long HiddenRowBytes(int block) => Cache.TensorBytes(Blocks[block].Width, BytesPerElement);

    /// <summary>Masked tokens of a block: its share of the grid's masked tokens, rounded up.</summary>
    /// <param name="block">One of <see cref="Blocks"/>.</param>
    /// <param name="maskedTokens">Masked tokens of the grid; for a batch the sum.</param>
    /// <remarks>
    /// Exact where the block has the grid's own tokens. In a UNet's coarser levels a token is masked when any token under it is, so compact masks have
    /// somewhat more than this, by about the length of their outline, and scattered ones up to four times as many for each level.
    /// </remarks>
    public long MaskedTokensAt(BlockShape block, long maskedTokens) =>
        ((maskedTokens * block.ImageTokens) + Grid.Count - 1) / Grid.Count;

    /// <summary>Work of the stages of a kind, for one prompt or image.</summary>
    /// <param name="kind">The kind.</param>
    public Work StageWork(StageKind kind) =>
        Stages.Where(stage => stage.Kind == kind).Aggregate(default(Work), static (sum, stage) => sum + stage.Work);

    /// <summary>Bytes of one template's activation cache at every step, in every branch.</summary>
    /// <param name="steps">Denoising steps.</param>
    /// <remarks>
    /// Of block inputs every row that goes through each token-wise block, text rows too: the template's computation goes on from them. Of keys and values those of
    /// every image token, and what convolutions read.
    /// </remarks>
    public long TemplateCacheBytes(int steps) => steps * (RecordedBranches ?? Branches) * BranchCacheBytes();

    // Of one step and branch.
    private long BranchCacheBytes()
    {
        var bytes = 0L;
        for (var block = 0; block < Blocks.Count; block++)
        {
            var shape = Blocks[block];
            bytes += Cache.Variant == CacheVariant.KeysValues ? KeysValuesBytes(block) : shape.IsTokenWise ? shape.Tokens * HiddenRowBytes(block) : 0;
        }

        return bytes;
    }

    /// <summary>Whether a device keeps what a block loads, of a template that lies in its memory.</summary>
    /// <param name="block">Number of the block.</param>
    public bool Keeps(int block) => KeptBlocks is null || KeptBlocks[block];

    /// <summary>Bytes of one template in a device's memory: all of its cache, or the rows of <see cref="KeptBlocks"/>.</summary>
    /// <param name="steps">Denoising steps.</param>
    public long DeviceCacheBytes(int steps)
    {
        if (KeptBlocks is null)
        {
            return steps * Branches * BranchCacheBytes();
        }

        var bytes = 0L;
        for (var block = 0; block < Blocks.Count; block++)
        {
            bytes += Keeps(block) ? BlockCacheBytes(block, steps) : 0;
        }

        return bytes;
    }

    /// <summary>Bytes of the rows that a block loads of one template, whatever the mask, at every step, in every branch.</summary>
    /// <param name="block">Number of the block.</param>
    /// <param name="steps">Denoising steps.</param>
    /// <remarks>Of hidden states text rows too, from which the template's computation goes on.</remarks>
    public long BlockCacheBytes(int block, int steps) => steps * Branches * LoadedRowBytes(block)
        * (LoadsKeysValues(block) ? Blocks[block].ImageTokens : block == 0 ? 0 : Blocks[block - 1].Tokens);

    private long KeysValuesBytes(int block) => LoadedRowBytes(block) * (Blocks[block].IsTokenWise ? Blocks[block] : Blocks[Math.Max(0, block - 1)]).ImageTokens;
}
