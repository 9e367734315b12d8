using SimServe.Policies;

namespace SimServe.GpuBackend.Models.Shapes;

/// <summary>What a model's shape depends on beside its configuration.</summary>
public sealed record ShapeOptions
{
    /// <summary>The shape's name, for reports and profiles.</summary>
    public required string Name { get; init; }

    /// <summary>Height of the images, pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Width of the images, pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Text tokens of every prompt; 0 for a model without text.</summary>
    public required int TextTokens { get; init; }

    /// <summary>Side of the square of pixels behind one position of the latents.</summary>
    /// <value>8, as in the autoencoders of Stable Diffusion and Flux.</value>
    public int LatentPixels { get; init; } = 8;

    /// <summary>Bytes of one activation and one weight.</summary>
    /// <value>2: float16 or bfloat16.</value>
    public int BytesPerElement { get; init; } = 2;

    /// <summary>Forward passes of one request in one step: 2 with classifier-free guidance.</summary>
    /// <value>1.</value>
    public int Branches { get; init; } = 1;

    /// <summary>The models before and after denoising.</summary>
    /// <value>None.</value>
    public IReadOnlyList<StageShape> Stages { get; init; } = [];

    /// <summary>The grid of tokens.</summary>
    /// <param name="patch">Side of the square of latent positions behind one token.</param>
    /// <exception cref="ArgumentException">The image is no whole number of tokens wide and high.</exception>
    internal TokenGrid Grid(int patch)
    {
        var pixels = LatentPixels * patch;
        return Height > 0 && Width > 0 && Height % pixels == 0 && Width % pixels == 0
            ? new TokenGrid(Width / pixels, Height / pixels, pixels)
            : throw new ArgumentException($"Images of {Width}x{Height} pixels cannot be cut into tokens of {pixels}x{pixels}; both sides of {Name} must be multiples of {pixels}.");
    }

    /// <summary>A shape of these options.</summary>
    /// <param name="grid">The grid of tokens.</param>
    /// <param name="blocks">The blocks.</param>
    /// <param name="outside">The layers outside.</param>
    /// <param name="parameters">Weights, those outside blocks included.</param>
    internal ModelShape ToShape(TokenGrid grid, IReadOnlyList<BlockShape> blocks, LayerCost outside, long parameters) => new()
    {
        Name = Name,
        Grid = grid,
        TextTokens = TextTokens,
        Blocks = blocks,
        BytesPerElement = BytesPerElement,
        Outside = outside.ForRequest(0),
        Branches = Branches,
        Parameters = parameters,
        Stages = Stages,
    };

    /// <summary>A shape whose blocks are all token-wise.</summary>
    /// <param name="grid">The grid of tokens.</param>
    /// <param name="blocks">The blocks.</param>
    /// <param name="outside">The layers outside.</param>
    internal ModelShape ToShape(TokenGrid grid, IReadOnlyList<BlockLayers> blocks, LayerCost outside) => ToShape(
        grid, [.. blocks.Select(static block => block.ToShape())], outside, outside.Parameters + blocks.Sum(static block => block.Parameters));
}
