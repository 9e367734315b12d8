namespace SimServe.Slimming.Spectra;

/// <summary>Weights as doubles, checked, centred and normalised row by row.</summary>
internal static class PreparedRows
{
    // What centring leaves of a row of equal weights is rounding, and must not be blown up to a variance of 1.
    private const double Nothing = 1e-24;

    public static double[] Of(ReadOnlySpan<float> rows, int units, SpectrumOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        if (rows.Length % units != 0 || rows.Length / units < 2)
        {
            throw new ArgumentException($"{options.Name}: {rows.Length} numbers are no {units} rows of at least 2 weights each.", nameof(rows));
        }

        ThrowIfNotFinite(rows, rows.Length / units, options.Name);
        var matrix = new double[rows.Length];
        for (var i = 0; i < matrix.Length; i++)
        {
            matrix[i] = rows[i];
        }

        Prepare(matrix, rows.Length / units, options);
        return matrix;
    }

    /// <summary>Centres and normalises rows in place.</summary>
    public static void Prepare(double[] matrix, int columns, SpectrumOptions options)
    {
        for (var start = 0; start < matrix.Length; start += columns)
        {
            var row = matrix.AsSpan(start, columns);
            var before = Squares(row);
            if (options.IsCentred)
            {
                Centre(row);
            }

            if (options.IsNormalised)
            {
                Normalise(row, options.IsCentred ? columns - 1 : columns, before);
            }
        }
    }

    public static void ThrowIfNotFinite(ReadOnlySpan<float> rows, int columns, string name)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            if (!float.IsFinite(rows[i]))
            {
                throw new SlimmingException(name, $"weight {i % columns} of unit {i / columns} is {rows[i]}; all must be finite. The model's files or its training are broken.");
            }
        }
    }

    private static void Centre(Span<double> row)
    {
        var sum = 0.0;
        foreach (var value in row)
        {
            sum += value;
        }

        var mean = sum / row.Length;
        foreach (ref var value in row)
        {
            value -= mean;
        }
    }

    private static void Normalise(Span<double> row, int degrees, double before)
    {
        var squares = Squares(row);
        var scale = squares > Nothing * before ? Math.Sqrt(degrees / squares) : 0;
        foreach (ref var value in row)
        {
            value *= scale;
        }
    }

    private static double Squares(ReadOnlySpan<double> row)
    {
        var squares = 0.0;
        foreach (var value in row)
        {
            squares += value * value;
        }

        return squares;
    }
}
