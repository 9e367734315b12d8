using MathNet.Numerics.LinearAlgebra;

namespace SimServe.Slimming.Spectra;

/// <summary>MathNet.Numerics, all of it managed code: Householder's tridiagonalisation and QL of EISPACK, which make the eigenvectors too.</summary>
/// <remarks>Time grows with the cube of the size: fine for the small matrices that most groups of small models have.</remarks>
public sealed class MathNetEigenSolver : IEigenSolver
{
    /// <inheritdoc/>
    public string Name => "mathnet";

    /// <inheritdoc/>
    public double[] Eigenvalues(double[] symmetric, int size) =>
        [.. Of(symmetric, size).Evd(Symmetricity.Symmetric).EigenValues.Select(static value => value.Real)];

    /// <inheritdoc/>
    public double[] RowProducts(double[] matrix, int rows)
    {
        var factor = Of(matrix, rows);
        return factor.TransposeAndMultiply(factor).ToRowMajorArray();
    }

    /// <inheritdoc/>
    public double[] ColumnProducts(double[] matrix, int rows)
    {
        var factor = Of(matrix, rows);
        return factor.TransposeThisAndMultiply(factor).ToRowMajorArray();
    }

    /// <inheritdoc/>
    public double[] TimesCholesky(double[] matrix, int rows, double[] moment)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        return (Of(matrix, rows) * Of(moment, matrix.Length / rows).Cholesky().Factor).ToRowMajorArray();
    }

    private static Matrix<double> Of(double[] matrix, int rows) => Matrix<double>.Build.DenseOfRowMajor(rows, matrix.Length / rows, matrix);
}
