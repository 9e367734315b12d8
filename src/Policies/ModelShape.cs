using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

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

    /// <summary>Bytes of one activation in the template cache and of one weight, e.g. 4 for fp32.</summary>
    public required int BytesPerElement { get; init; }

    /// <summary>Work of one forward pass outside its blocks: embeddings of latents, text and time, and the last layer. The same for masked passes.</summary>
    /// <value>None.</value>
    public Work Outside { get; init; }

    /// <summary>Forward passes of one request in one step: 2 with classifier-free guidance.</summary>
    /// <value>1.</value>
    public int Branches { get; init; } = 1;

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
        static (size, model) => model.Resize?.Invoke(size) ?? throw new NotSupportedException(
            $"{model.Name} serves images of {model.Grid.Width}x{model.Grid.Height} pixels only, not {size.Width}x{size.Height}."),
        this);

    /// <summary>The sizes in words, the same whatever numbers it computes in: tells models apart that have one name.</summary>
    public string Sizes => FormattableString.Invariant(
        $"{Grid.Columns}x{Grid.Rows} tokens of {Grid.PatchPixels} pixels, {TextTokens} text tokens, {Blocks.Count} blocks, {PlainStepFlops} operations a step");

    /// <summary>Bytes of the denoising model's weights, or <c>null</c> where nobody counted them.</summary>
    public long? WeightBytes => Parameters * BytesPerElement;

    /// <summary>Work of one plain forward pass of one branch.</summary>
    public Work ForwardWork => Blocks.Aggregate(Outside, static (sum, block) => sum + block.PlainWork());

    /// <summary>Floating-point operations of one plain denoising step of one request.</summary>
    public long PlainStepFlops => Branches * ForwardWork.Flops;

    /// <summary>Floating-point operations of one masked denoising step of one request that reuses every block.</summary>
    /// <param name="maskedTokens">Masked image tokens of the grid.</param>
    public long MaskedStepFlops(int maskedTokens) =>
        Branches * (Outside.Flops + Blocks.Sum(block => block.MaskedWork((int)MaskedTokensAt(block, maskedTokens)).Flops));

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

    /// <summary>Bytes of one template's activation cache: every row that goes through each token-wise block, at every step, in every branch.</summary>
    /// <param name="steps">Denoising steps.</param>
    public long TemplateCacheBytes(int steps) =>
        steps * Branches * Blocks.Where(static block => block.IsTokenWise).Sum(block => (long)block.Tokens * block.Width * BytesPerElement);
}
