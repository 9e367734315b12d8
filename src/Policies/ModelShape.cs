namespace SimServe.Policies;

/// <summary>The sizes of a diffusion transformer: all that policies and cost models know of a model.</summary>
public sealed record ModelShape
{
    /// <summary>Name for reports and profiles, e.g. <c>flux-nano</c>.</summary>
    public required string Name { get; init; }

    /// <summary>How images are cut into tokens.</summary>
    public required TokenGrid Grid { get; init; }

    /// <summary>Text tokens of every request.</summary>
    public required int TextTokens { get; init; }

    /// <summary>The transformer blocks in order; at least one.</summary>
    public required IReadOnlyList<BlockShape> Blocks { get; init; }

    /// <summary>Bytes of one activation in the template cache, e.g. 4 for fp32.</summary>
    public required int BytesPerElement { get; init; }

    /// <summary>Floating-point operations of one plain denoising step of one request.</summary>
    public long PlainStepFlops => Blocks.Sum(static block => block.PlainWork().Flops);

    /// <summary>Floating-point operations of one masked denoising step of one request that reuses every block.</summary>
    /// <param name="maskedTokens">Masked image tokens.</param>
    public long MaskedStepFlops(int maskedTokens) => Blocks.Sum(block => block.MaskedWork(maskedTokens).Flops);

    /// <summary>Bytes of one template's activation cache: every row of every block's input, at every step.</summary>
    /// <param name="steps">Denoising steps.</param>
    public long TemplateCacheBytes(int steps) =>
        steps * Blocks.Sum(block => (long)(block.ImageTokens + block.TextTokens) * block.Width * BytesPerElement);
}
