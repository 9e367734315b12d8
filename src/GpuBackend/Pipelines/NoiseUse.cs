namespace SimServe.GpuBackend.Pipelines;

/// <summary>What a draw of noise is for.</summary>
public enum NoiseUse
{
    /// <summary>What denoising starts from.</summary>
    InitialLatents,

    /// <summary>A sample of the autoencoder's distribution for an image.</summary>
    EncodedImage,

    /// <summary>A scheduler's step that adds noise.</summary>
    Step,
}
