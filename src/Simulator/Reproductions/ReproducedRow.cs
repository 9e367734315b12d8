namespace SimServe.Simulator.Reproductions;

/// <summary>A row with what we got.</summary>
/// <param name="Row">The row as declared.</param>
/// <param name="Ours">Our number, or <c>null</c> where there is none.</param>
/// <param name="HalfWidth">Half the width of its 95 % interval over replications, or <c>null</c>.</param>
/// <param name="Finding">What varying the unknowns gave, in words, or <c>null</c>.</param>
public sealed record ReproducedRow(RowDeclaration Row, double? Ours, double? HalfWidth = null, string? Finding = null)
{
    /// <summary>Ours over the target; <c>null</c> where one of them is missing or the target is 0.</summary>
    public double? Ratio => Row.Target is { } target && target != 0 && Ours is { } ours ? ours / target : null;

    /// <summary>How it came out.</summary>
    /// <param name="tolerance">Greatest relative difference that counts as reproduced, e.g. 0.15.</param>
    public RowVerdict Verdict(double tolerance)
    {
        if (Row.Kind == RowKind.Own || (Row.Kind == RowKind.Reported && Row.Reason is not null))
        {
            return RowVerdict.NotJudged;
        }

        return Ratio switch
        {
            null => RowVerdict.Missed,
            var ratio when Math.Abs(ratio.Value - 1) <= tolerance => RowVerdict.Within,
            var ratio when Row.Reason is { } reason && ratio >= reason.Least && ratio <= reason.Most => RowVerdict.Explained,
            _ => RowVerdict.Missed,
        };
    }
}
