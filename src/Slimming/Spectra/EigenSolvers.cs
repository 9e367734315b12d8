namespace SimServe.Slimming.Spectra;

/// <summary>Which solver computes what.</summary>
public static class EigenSolvers
{
    /// <summary>The largest matrix that MathNet.Numerics is given: from here on Torch is more than five times as fast (README).</summary>
    public const int LargestManaged = 128;

    private static readonly MathNetEigenSolver Managed = new();
    private static readonly Lazy<TorchEigenSolver> Native = new(static () => new TorchEigenSolver());

    /// <summary>The solver for a symmetric matrix.</summary>
    /// <param name="size">Its rows.</param>
    public static IEigenSolver For(int size) => size <= LargestManaged ? Managed : Native.Value;
}
