using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>What is asked of a pipeline: one image for each prompt.</summary>
public sealed record ImageRequest
{
    private const int MostSteps = 1000;

    /// <summary>One prompt for each image; at least one.</summary>
    public required IReadOnlyList<string> Prompts { get; init; }

    /// <summary>Prompts for the second text encoder, or <c>null</c> for the same as <see cref="Prompts"/>.</summary>
    public IReadOnlyList<string>? SecondPrompts { get; init; }

    /// <summary>What the images should not show, for all of them, or <c>null</c>.</summary>
    public string? NegativePrompt { get; init; }

    /// <summary>The same for the second text encoder, or <c>null</c> for the same.</summary>
    public string? SecondNegativePrompt { get; init; }

    /// <summary>Pixels per row; a multiple of the model's granularity.</summary>
    public required int Width { get; init; }

    /// <summary>Pixels per column; a multiple of the model's granularity.</summary>
    public required int Height { get; init; }

    /// <summary>Denoising steps, at least 1.</summary>
    public required int Steps { get; init; }

    /// <summary>Guidance scale. In Stable Diffusion above 1 runs the model with and without the prompt; in Flux it is an input of the model.</summary>
    public required double Guidance { get; init; }

    /// <summary>Flux only: above 1 with a negative prompt runs the model twice and guides as Stable Diffusion does.</summary>
    /// <value>1: off.</value>
    public double TrueGuidance { get; init; } = 1;

    /// <summary>Where random numbers come from.</summary>
    public required INoiseSource Noise { get; init; }

    /// <summary>Unit normal noise to start from in place of <see cref="Noise"/>, or <c>null</c>: [B, C, h, w], for Flux packed [B, tokens, 4C].</summary>
    public Tensor? Latents { get; init; }

    /// <summary>Layers of the text encoder left out at the end, beyond what the model itself leaves out.</summary>
    /// <value>0.</value>
    public int ClipSkip { get; init; }

    /// <summary>Flux only: T5 tokens.</summary>
    /// <value>512.</value>
    public int MaxSequenceLength { get; init; } = 512;

    /// <summary>SDXL only: the size that the model is told its picture was cut from, (height, width), or <c>null</c> for the image's own.</summary>
    public (int Height, int Width)? OriginalSize { get; init; }

    /// <summary>SDXL only: where the model is told its picture was cut, (top, left).</summary>
    public (int Top, int Left) CropTopLeft { get; init; }

    /// <summary>SDXL only: the size that the model is told to draw, (height, width), or <c>null</c> for the image's own.</summary>
    public (int Height, int Width)? TargetSize { get; init; }

    /// <summary>What DDIM's steps add of fresh noise, from 0 to 1.</summary>
    public double Eta { get; init; }

    /// <summary>Pictures that steer the ControlNets, one for each net of the pipeline that is to be used.</summary>
    public IReadOnlyList<ControlInput> Controls { get; init; } = [];

    /// <summary>What is edited, or <c>null</c> for a new image.</summary>
    public InpaintSource? Source { get; init; }

    /// <summary>How an edit reuses the picture's own activations, or <c>null</c> to compute everything.</summary>
    public ReuseOptions? Reuse { get; init; }

    /// <summary>Images.</summary>
    public int Count => Prompts.Count;

    /// <summary>The second text encoder's prompts.</summary>
    internal IReadOnlyList<string> PromptsForSecond => SecondPrompts ?? Prompts;

    /// <summary>The negative prompt of each image.</summary>
    internal IReadOnlyList<string> Negatives => [.. Enumerable.Repeat(NegativePrompt ?? string.Empty, Count)];

    /// <summary>The second text encoder's negative prompt of each image.</summary>
    internal IReadOnlyList<string> NegativesForSecond => [.. Enumerable.Repeat(SecondNegativePrompt ?? NegativePrompt ?? string.Empty, Count)];

    /// <summary>Everything that is wrong with the request, whatever the pipeline.</summary>
    /// <param name="granularity">What width and height must be multiples of, pixels.</param>
    /// <param name="mostClipSkip">Layers of the text encoder that can be left out.</param>
    internal List<string> Faults(int granularity, int mostClipSkip)
    {
        List<string> faults = [];
        Require(faults, Prompts.Count >= 1, "the number of prompts", Prompts.Count, "at least 1");
        Require(faults, SecondPrompts is null || SecondPrompts.Count == Prompts.Count, "the number of second prompts", SecondPrompts?.Count ?? 0, $"{Prompts.Count}, as many as prompts");
        RequireSize(faults, "width", Width, granularity);
        RequireSize(faults, "height", Height, granularity);
        Require(faults, Steps is >= 1 and <= MostSteps, "steps", Steps, $"from 1 to {MostSteps}");
        Require(faults, double.IsFinite(Guidance) && Guidance >= 0, "guidance", Guidance, "0 or more");
        Require(faults, double.IsFinite(TrueGuidance) && TrueGuidance >= 0, "true guidance", TrueGuidance, "0 or more");
        Require(faults, Eta is >= 0 and <= 1, "eta", Eta, "from 0 to 1");
        Require(faults, ClipSkip >= 0 && ClipSkip <= mostClipSkip, "clip skip", ClipSkip, $"from 0 to {mostClipSkip}");
        Require(faults, MaxSequenceLength >= 1, "max sequence length", MaxSequenceLength, "at least 1");
        Require(faults, Source is null || Source.Strength is > 0 and <= 1, "strength", Source?.Strength ?? 0, "greater than 0, at most 1");
        RequireSameSize(faults);
        faults.AddRange(Reuse?.Faults(this) ?? []);
        return faults;
    }

    /// <summary>Says when the noise to start from has another shape than the latents.</summary>
    /// <param name="faults">Receives the fault.</param>
    /// <param name="shape">Shape of the latents.</param>
    internal void RequireLatents(List<string> faults, params ReadOnlySpan<long> shape) => Require(
        faults,
        Latents is null || Latents.shape.AsSpan().SequenceEqual(shape),
        "the latents' shape",
        $"[{string.Join(", ", Latents?.shape ?? [])}]",
        $"[{string.Join(", ", shape.ToArray())}]");

    private void RequireSameSize(List<string> faults)
    {
        if (Source is null)
        {
            return;
        }

        foreach (var (what, width, height) in new[] { ("image", Source.Image.Width, Source.Image.Height), ("mask", Source.Mask.Width, Source.Mask.Height) })
        {
            Require(faults, (width, height) == (Width, Height), $"the {what}'s size", $"{width}x{height}", $"{Width}x{Height}");
        }
    }

    private static void RequireSize(List<string> faults, string name, int value, int granularity)
    {
        var below = Math.Max(granularity, value / granularity * granularity);
        Require(faults, value >= granularity && value % granularity == 0, name, value, $"a multiple of {granularity}, for instance {below} or {below + granularity}");
    }

    private static void Require(List<string> faults, bool holds, string name, object value, string allowed)
    {
        if (!holds)
        {
            faults.Add($"{name} is {value} but must be {allowed}");
        }
    }
}
