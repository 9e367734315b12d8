namespace SimServe.GpuBackend.Adapters;

/// <summary>What one tensor of a LoRA file is for its module.</summary>
internal enum LoraTensor
{
    /// <summary>A in W + B A: inputs to rank.</summary>
    Down,

    /// <summary>B in W + B A: rank to outputs.</summary>
    Up,

    /// <summary>The scale's numerator, a single number.</summary>
    Alpha,
}
