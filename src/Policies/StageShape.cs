namespace SimServe.Policies;

/// <summary>What a stage outside the denoising loop does.</summary>
public enum StageKind
{
    /// <summary>A prompt to embeddings.</summary>
    TextEncoding,

    /// <summary>An image to latents.</summary>
    ImageEncoding,

    /// <summary>Latents to an image.</summary>
    ImageDecoding,

    /// <summary>A control picture to what a ControlNet adds to its latents.</summary>
    ControlEncoding,
}

/// <summary>A model that runs once for each prompt or image.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Name">Which model it is, for reports.</param>
/// <param name="Work">Its work for one prompt or one image.</param>
/// <param name="Parameters">Its weights.</param>
public sealed record StageShape(StageKind Kind, string Name, Work Work, long Parameters);
