namespace SimServe.Slimming.Spectra;

/// <summary>The linear algebra behind spectra, on dense row-major matrices of doubles.</summary>
public interface IEigenSolver
{
    /// <summary>Its name in messages and tests, e.g. <c>mathnet</c>.</summary>
    string Name { get; }

    /// <summary>Eigenvalues of a symmetric matrix, in no particular order.</summary>
    /// <param name="symmetric">The matrix, [size x size]; not changed.</param>
    /// <param name="size">Rows and columns, at least 1.</param>
    double[] Eigenvalues(double[] symmetric, int size);

    /// <summary>Products of every row with every row: A A^T, [rows x rows].</summary>
    /// <param name="matrix">A, [rows x columns]; not changed.</param>
    /// <param name="rows">Its rows, at least 1.</param>
    double[] RowProducts(double[] matrix, int rows);

    /// <summary>Products of every column with every column: A^T A, [columns x columns].</summary>
    /// <param name="matrix">A, [rows x columns]; not changed.</param>
    /// <param name="rows">Its rows, at least 1.</param>
    double[] ColumnProducts(double[] matrix, int rows);

    /// <summary>A L, where L L^T is a matrix's Cholesky factorisation.</summary>
    /// <param name="matrix">A, [rows x columns]; not changed.</param>
    /// <param name="rows">Its rows, at least 1.</param>
    /// <param name="moment">L L^T, positive definite, [columns x columns]; not changed.</param>
    /// <exception cref="ArgumentException">The second matrix is not positive definite.</exception>
    double[] TimesCholesky(double[] matrix, int rows, double[] moment);
}
