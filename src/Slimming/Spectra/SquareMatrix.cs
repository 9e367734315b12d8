namespace SimServe.Slimming.Spectra;

/// <summary>Square matrices, checked, as one run of doubles.</summary>
internal static class SquareMatrix
{
    // Sums in float32 differ by the order of their terms.
    private const double Asymmetry = 1e-5;

    private const double Damping = 0.01;

    public static (double[] Values, int Size) Symmetric(double[,] matrix, string name)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var size = matrix.GetLength(0);
        if (size == 0 || size != matrix.GetLength(1))
        {
            throw new ArgumentException($"{name}: a matrix of {size} x {matrix.GetLength(1)}; it must be square, with at least one row.", nameof(matrix));
        }

        var values = new double[size * size];
        Buffer.BlockCopy(matrix, 0, values, 0, values.Length * sizeof(double));
        Check(values, size, name);
        return (values, size);
    }

    /// <summary>Makes a correlation of a covariance, in place; units that never vary stay zeros.</summary>
    public static void Normalise(double[] matrix, int size)
    {
        var scales = new double[size];
        for (var i = 0; i < size; i++)
        {
            scales[i] = matrix[(i * size) + i] > 0 ? 1 / Math.Sqrt(matrix[(i * size) + i]) : 0;
        }

        for (var i = 0; i < matrix.Length; i++)
        {
            matrix[i] *= scales[i / size] * scales[i % size];
        }
    }

    /// <summary>Adds a share of the diagonal's mean to the diagonal, in place.</summary>
    public static void Damp(double[] matrix, int size)
    {
        var mean = 0.0;
        for (var i = 0; i < size; i++)
        {
            mean += matrix[(i * size) + i] / size;
        }

        for (var i = 0; i < size; i++)
        {
            matrix[(i * size) + i] += Damping * mean;
        }
    }

    // Both halves become their mean, so that it does not matter which of them a solver reads.
    private static void Check(double[] values, int size, string name)
    {
        var largest = values.Max(Math.Abs);
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var (below, above) = (values[(i * size) + j], values[(j * size) + i]);
                if (!double.IsFinite(below) || !double.IsFinite(above))
                {
                    throw new SlimmingException(name, $"the number in row {i}, column {j} of a covariance or its mirror is not finite. The inputs that it was measured on are broken.");
                }

                if (Math.Abs(below - above) > Asymmetry * largest)
                {
                    throw new ArgumentException($"{name}: row {i}, column {j} of a covariance holds {below} and its mirror {above}; it must be symmetric.", nameof(values));
                }

                values[(i * size) + j] = values[(j * size) + i] = (below + above) / 2;
            }
        }
    }
}
