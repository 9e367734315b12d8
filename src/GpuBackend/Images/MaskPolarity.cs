namespace SimServe.GpuBackend.Images;

/// <summary>Which pixels of a mask file are edited: the field has two opposite conventions.</summary>
public enum MaskPolarity
{
    /// <summary>Light pixels are edited, dark ones kept: diffusers, ComfyUI, vLLM-Omni's <c>mask_image</c>.</summary>
    White,

    /// <summary>Transparent pixels are edited, opaque ones kept: OpenAI's image edits.</summary>
    Alpha,
}
