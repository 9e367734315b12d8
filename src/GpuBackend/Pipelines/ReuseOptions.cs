namespace SimServe.GpuBackend.Pipelines;

/// <summary>How an edit reuses what the model computes of the picture as it is: the template is recorded first, then masked tokens alone are computed.</summary>
/// <remarks>Worth it where one picture is edited more than once: all prompts of a request share one recording. Source: FlashPS (EuroSys '26).</remarks>
public sealed record ReuseOptions
{
    /// <summary>What the picture shows.</summary>
    /// <value>Nothing is said, as in trainings without a caption.</value>
    public string ImagePrompt { get; init; } = string.Empty;

    /// <summary>
    /// UNets: latent pixels of a tile's side, at least 1, where convolutions run on tiles that hold masked pixels and take the rest from the template; less work, further from full
    /// inference. <c>null</c>: convolutions run in full.
    /// </summary>
    public int? TileSide { get; init; }

    internal IEnumerable<string> Faults(ImageRequest request)
    {
        if (TileSide < 1)
        {
            yield return $"the tiles' side is {TileSide} but must be at least 1";
        }

        if (request.Source is null)
        {
            yield return "reuse needs an image and a mask: only edits have a template";
        }
        else if (!request.Source.Mask.Edited.Contains(true))
        {
            yield return "the mask edits nothing: at least one pixel must be edited where a template is reused";
        }
    }
}
