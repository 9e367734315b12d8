namespace SimServe.Policies.AddOns;

/// <summary>How many steps a model may take before a LoRA is there: the bound of bounded asynchronous loading, measured for one model and one LoRA, or for several that are used together.</summary>
/// <remarks>
/// Text encoders have the LoRA from the start in all of it: what is late is the denoiser's part. Source: Katz (USENIX ATC '25), section 6, which chooses the bound for each model and LoRA offline, by the similarity
/// of latents; <see cref="ByImage"/> is ours, for what the latents say of the image is another matter.
/// </remarks>
public sealed record LoraBound
{
    /// <summary>Version of the file format.</summary>
    public const int CurrentSchema = 1;

    /// <summary>Version of the file format.</summary>
    /// <value><see cref="CurrentSchema"/>.</value>
    public int Schema { get; init; } = CurrentSchema;

    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>The LoRAs, at least one; used together where there are several.</summary>
    public required IReadOnlyList<BoundedLora> Loras { get; init; }

    /// <summary>Denoising steps of an image, at least 1: the bound is one of these.</summary>
    public required int Steps { get; init; }

    /// <summary>The prompts, at least one.</summary>
    public required IReadOnlyList<string> Prompts { get; init; }

    /// <summary>Images of each prompt, at least 1.</summary>
    public required int Seeds { get; init; }

    /// <summary>Seed of each prompt's first image; the next ones have the following seeds.</summary>
    public required long FirstSeed { get; init; }

    /// <summary>Cosine similarity that latents must keep, in the mean over images, for <see cref="BySimilarity"/>.</summary>
    public required double Threshold { get; init; }

    /// <summary>Structural similarity that images must have, in the mean, for <see cref="ByImage"/>.</summary>
    public required double MinSsim { get; init; }

    /// <summary>Latents with and without the LoRA, after each step.</summary>
    public required IReadOnlyList<StepLikeness> Similarity { get; init; }

    /// <summary>Images whose LoRA is late, by ascending steps, from 0 to all.</summary>
    public required IReadOnlyList<LateLora> Late { get; init; }

    /// <summary>The paper's bound: the last step up to which latents with and without the LoRA are alike, 0 where they never are.</summary>
    public required int BySimilarity { get; init; }

    /// <summary>Our bound: the most steps that the LoRA may be late, and any measured number less than it, with the image as it should be.</summary>
    public required int ByImage { get; init; }

    /// <summary>The paper's bound of a curve.</summary>
    /// <param name="similarity">After each step, from the first.</param>
    /// <param name="threshold">What the mean must keep.</param>
    public static int OfSimilarity(IReadOnlyList<StepLikeness> similarity, double threshold)
    {
        ArgumentNullException.ThrowIfNull(similarity);
        var bound = 0;
        foreach (var step in similarity)
        {
            if (!(step.Latents.Mean >= threshold))
            {
                break;
            }

            bound = step.Step;
        }

        return bound;
    }

    /// <summary>Our bound of measured images.</summary>
    /// <param name="late">By ascending steps, from 0.</param>
    /// <param name="minSsim">What the mean must have.</param>
    public static int OfImages(IReadOnlyList<LateLora> late, double minSsim)
    {
        ArgumentNullException.ThrowIfNull(late);
        var bound = 0;
        foreach (var one in late)
        {
            if (!(one.Image.Mean >= minSsim))
            {
                break;
            }

            bound = one.Steps;
        }

        return bound;
    }
}
