namespace SimServe.Policies;

/// <summary>The kinds of block that diffusion models are made of. A cost model may predict each from samples of its own.</summary>
public enum BlockKind
{
    /// <summary>Flux: text and image tokens have their own projections and feed-forward network and attend jointly.</summary>
    DoubleStream,

    /// <summary>Flux: text and image tokens run as one sequence through one fused projection.</summary>
    SingleStream,

    /// <summary>Stable Diffusion 3: as <see cref="DoubleStream"/>; image tokens may attend among themselves once more, and the last block drops the text.</summary>
    Joint,

    /// <summary>A class-conditional diffusion transformer: image tokens only, conditioned by scales, shifts and gates.</summary>
    DiT,

    /// <summary>A UNet's transformer block: image tokens attend among themselves, then to the text, then run through a gated feed-forward network.</summary>
    CrossAttention,

    /// <summary>
    /// A UNet's ResNet blocks and samplers between two transformer blocks. Every output pixel depends on its neighbours, so all of them are computed
    /// whatever the mask.
    /// </summary>
    Convolution,
}
