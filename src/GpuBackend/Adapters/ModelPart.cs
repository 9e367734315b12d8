namespace SimServe.GpuBackend.Adapters;

/// <summary>The models of a pipeline that an adapter can change.</summary>
public enum ModelPart
{
    /// <summary>The U-Net or transformer.</summary>
    Denoiser,

    /// <summary>The first text encoder (<c>text_encoder</c>).</summary>
    TextEncoder,

    /// <summary>The second text encoder (<c>text_encoder_2</c>) of SDXL, SD3 and Flux.</summary>
    TextEncoder2,
}
