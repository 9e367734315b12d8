namespace SimServe.Slimming.Spectra;

/// <summary>How the rows of a matrix become a covariance.</summary>
public sealed record SpectrumOptions
{
    /// <summary>The options that are meant where none are given.</summary>
    public static SpectrumOptions Default { get; } = new();

    /// <summary>Whose weights they are, for messages.</summary>
    /// <value>Default: <c>weights</c>.</value>
    public string Name { get; init; } = "weights";

    /// <summary>Whether every row's own mean is taken away first: a covariance, else a second moment.</summary>
    /// <value>Default: <c>true</c>.</value>
    public bool IsCentred { get; init; } = true;

    /// <summary>Whether every row is scaled to a variance (a mean square, where rows are not centred) of 1: a correlation. Rows of zeros stay.</summary>
    /// <value>Default: <c>false</c>.</value>
    public bool IsNormalised { get; init; }

    /// <summary>What computes.</summary>
    /// <value>Default: <c>null</c>, MathNet.Numerics for small matrices and Torch for others.</value>
    public IEigenSolver? Solver { get; init; }
}
