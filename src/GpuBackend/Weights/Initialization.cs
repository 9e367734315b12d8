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
}
