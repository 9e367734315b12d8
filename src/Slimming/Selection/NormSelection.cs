namespace SimServe.Slimming.Selection;

/// <summary>Keeps the units whose weights are largest.</summary>
/// <remarks>Source of the first: Li et al., "Pruning filters for efficient ConvNets" (ICLR 2017).</remarks>
public sealed class NormSelection : IUnitSelection
{
    /// <summary>By the sum of the weights' magnitudes.</summary>
    public const string L1 = "l1";

    /// <summary>By the sum of their squares.</summary>
    public const string L2 = "l2";

    private readonly Func<double, double> _measure;

    private NormSelection(string name, Func<double, double> measure) => (Name, _measure) = (name, measure);

    /// <summary>The selection by magnitudes.</summary>
    public static NormSelection ByMagnitude { get; } = new(L1, Math.Abs);

    /// <summary>The selection by squares.</summary>
    public static NormSelection BySquares { get; } = new(L2, static weight => weight * weight);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> Keep(UnitRows rows, int kept)
    {
        UnitScores.Check(rows, kept);
        return UnitScores.Best([.. Enumerable.Range(0, rows.Units).Select(unit => Sum(rows.Row(unit)))], kept);
    }

    private double Sum(ReadOnlySpan<float> row)
    {
        var sum = 0.0;
        foreach (var weight in row)
        {
            sum += _measure(weight);
        }

        return sum;
    }
}
