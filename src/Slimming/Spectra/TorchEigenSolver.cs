using SimServe.GpuBackend.Native;
using static TorchSharp.torch;

namespace SimServe.Slimming.Spectra;

/// <summary>libtorch on the processor: LAPACK's <c>syevd</c> without eigenvectors, and the products of its BLAS, on all of Torch's threads.</summary>
public sealed class TorchEigenSolver : IEigenSolver
{
    /// <summary>Creates the solver; loads native Torch.</summary>
    public TorchEigenSolver() => LibTorch.Load();

    /// <inheritdoc/>
    public string Name => "torch";

    /// <inheritdoc/>
    public double[] Eigenvalues(double[] symmetric, int size) => Computed(symmetric, size, static matrix => linalg.eigvalsh(matrix));

    /// <inheritdoc/>
    public double[] RowProducts(double[] matrix, int rows) => Computed(matrix, rows, static factor => factor.mm(factor.t()));

    /// <inheritdoc/>
    public double[] ColumnProducts(double[] matrix, int rows) => Computed(matrix, rows, static factor => factor.t().mm(factor));

    /// <inheritdoc/>
    public double[] TimesCholesky(double[] matrix, int rows, double[] moment)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        return Computed(matrix, rows, factor => factor.mm(Cholesky(moment, matrix.Length / rows)));
    }

    private static Tensor Cholesky(double[] moment, int size)
    {
        var (factor, failed) = linalg.cholesky_ex(from_array(moment).reshape(size, size));
        return failed.item<int>() == 0 ? factor : throw new ArgumentException("The matrix is not positive definite.", nameof(moment));
    }

    private static double[] Computed(double[] matrix, int rows, Func<Tensor, Tensor> compute)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        return compute(from_array(matrix).reshape(rows, matrix.Length / rows)).contiguous().data<double>().ToArray();
    }
}
