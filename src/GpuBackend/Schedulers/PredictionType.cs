namespace SimServe.GpuBackend.Schedulers;

/// <summary>What a model was trained to predict.</summary>
internal enum PredictionType
{
    /// <summary>The noise in the sample.</summary>
    Epsilon,

    /// <summary>The clean sample.</summary>
    Sample,

    /// <summary>The velocity: signal * noise - noise level * clean.</summary>
    /// <remarks>Source: Salimans and Ho, "Progressive Distillation", arXiv 2202.00512.</remarks>
    Velocity,
}
