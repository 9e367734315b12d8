using SimServe.GpuBackend.Layers;

namespace SimServe.Cli.Imaging;

/// <summary>What the command line asks of <c>generate</c> or <c>edit</c>, as it stands there.</summary>
internal sealed record ImageSettings
{
    public required string Model { get; init; }

    public required string[] Prompts { get; init; }

    public required string[] SecondPrompts { get; init; }

    public string? NegativePrompt { get; init; }

    public string? SecondNegativePrompt { get; init; }

    public required string Out { get; init; }

    public int? Steps { get; init; }

    public double? Guidance { get; init; }

    public required double TrueGuidance { get; init; }

    public required long Seed { get; init; }

    public required int Count { get; init; }

    public string? Scheduler { get; init; }

    public required double Eta { get; init; }

    public required int ClipSkip { get; init; }

    public required int MaxSequenceLength { get; init; }

    public (int Height, int Width)? OriginalSize { get; init; }

    public (int Top, int Left)? CropTopLeft { get; init; }

    public (int Height, int Width)? TargetSize { get; init; }

    public string? Latents { get; init; }

    public required string[] ControlNets { get; init; }

    public required string[] ControlImages { get; init; }

    public required double[] ControlScales { get; init; }

    public required double[] ControlStarts { get; init; }

    public required double[] ControlEnds { get; init; }

    public required string[] Loras { get; init; }

    public required string Device { get; init; }

    public required string Type { get; init; }

    public required BackboneOptimisations Optimisations { get; init; }

    public required bool Json { get; init; }

    /// <summary>Every prompt as often as images are asked of it.</summary>
    public string[] PromptOfEachImage => [.. Prompts.SelectMany(prompt => Enumerable.Repeat(prompt, Count))];

    /// <summary>The same for the second encoder, or <c>null</c> for the same prompts.</summary>
    public string[]? SecondPromptOfEachImage =>
        SecondPrompts.Length == 0 ? null : [.. SecondPrompts.SelectMany(prompt => Enumerable.Repeat(prompt, Count))];

    /// <summary>The file of one image.</summary>
    /// <param name="image">Its number.</param>
    /// <param name="images">All images.</param>
    public string File(int image, int images) =>
        images == 1 ? Out : Path.Combine(Path.GetDirectoryName(Out) ?? string.Empty, $"{Path.GetFileNameWithoutExtension(Out)}-{image}{Path.GetExtension(Out)}");
}
