namespace SimServe.GpuBackend.Schedulers;

/// <summary>How a run's timesteps are spread over the training steps.</summary>
/// <remarks>Source: Lin et al., "Common Diffusion Noise Schedules and Sample Steps are Flawed", arXiv 2305.08891, table 2.</remarks>
internal enum TimestepSpacing
{
    /// <summary>From the last training step to the first, both included.</summary>
    Linspace,

    /// <summary>Whole strides from the first training step; the last one is left out.</summary>
    Leading,

    /// <summary>Strides down from the last training step; the first one is left out.</summary>
    Trailing,
}
