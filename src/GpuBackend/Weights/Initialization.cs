namespace SimServe.GpuBackend.Weights;

/// <summary>What a weight is before training or where no file gives it.</summary>
public enum Initialization
{
    /// <summary>Normal with variance 1 / inputs: keeps the variance of what it multiplies.</summary>
    FanIn,

    /// <summary>Normal with deviation 0.02: biases, embeddings.</summary>
    Small,

    /// <summary>Ones: scales of norms.</summary>
    One,

    /// <summary>Zeros.</summary>
    Zero,

    /// <summary>Normal with variance 1 / (16 * inputs): layers that make shifts, scales and gates, so that they depend on the condition a little.</summary>
    Modulation,

    /// <summary>
    /// Normal with deviation 0.5: the part of shifts, scales and gates that does not depend on the condition. A gated residual branch then adds well
    /// under the variance of its input, and activations stay near 1 over the depth of a transformer.
    /// </summary>
    ModulationBias,
}
