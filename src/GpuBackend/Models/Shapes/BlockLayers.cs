using SimServe.Policies;

namespace SimServe.GpuBackend.Models.Shapes;

/// <summary>A token-wise block's layers, by what their work is proportional to.</summary>
internal sealed record BlockLayers
{
    /// <summary>The block's kind.</summary>
    public required BlockKind Kind { get; init; }

    /// <summary>Channels of the hidden state.</summary>
    public required int Width { get; init; }

    /// <summary>Image tokens.</summary>
    public required int ImageTokens { get; init; }

    /// <summary>Text tokens in the hidden state.</summary>
    public int TextTokens { get; init; }

    /// <summary>Layers that run the same whatever the mask, text tokens included.</summary>
    public required LayerCost PerRequest { get; init; }

    /// <summary>Layers that run for each computed image token.</summary>
    public required LayerCost PerRow { get; init; }

    /// <summary>Those of them that also run for a token left to the template. Their weights are counted in <see cref="PerRow"/>.</summary>
    public required LayerCost PerReusedRow { get; init; }

    /// <summary>Weights.</summary>
    public long Parameters => PerRequest.Parameters + PerRow.Parameters;

    /// <summary>What policies and cost models know of the block.</summary>
    public BlockShape ToShape() => new(
        Kind,
        Width,
        ImageTokens,
        TextTokens,
        new BlockWork(PerRequest.ForRequest(TextTokens), PerRow.Work with { Rows = 1 }, PerReusedRow.Work with { ReusedRows = 1 }));
}
