using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Selection;

/// <summary>Drops the units nearest to all others: what they do, the others can.</summary>
/// <remarks>
/// Those whose sum of Euclidean distances to the others is least, which lie nearest to the geometric median. Source: He et al., "Filter pruning via geometric median" (CVPR 2019, FPGM). Costs
/// n^2 * k operations and 8 n^2 bytes.
/// </remarks>
public sealed class GeometricMedianSelection : IUnitSelection
{
    /// <summary>Its name in plans.</summary>
    public const string Key = "geometric-median";

    /// <inheritdoc/>
    public string Name => Key;

    /// <inheritdoc/>
    public IReadOnlyList<int> Keep(UnitRows rows, int kept)
    {
        UnitScores.Check(rows, kept);
        var weights = rows.Values.Span;
        var matrix = new double[weights.Length];
        for (var i = 0; i < matrix.Length; i++)
        {
            matrix[i] = weights[i];
        }

        var products = EigenSolvers.For(rows.Units).RowProducts(matrix, rows.Units);
        return UnitScores.Best([.. Enumerable.Range(0, rows.Units).Select(unit => Distances(products, rows.Units, unit))], kept);
    }

    private static double Distances(double[] products, int units, int unit)
    {
        var sum = 0.0;
        for (var other = 0; other < units; other++)
        {
            var squares = products[(unit * units) + unit] + products[(other * units) + other];
            sum += Math.Sqrt(Math.Max(0, squares - (2 * products[(unit * units) + other])));
        }

        return sum;
    }
}
