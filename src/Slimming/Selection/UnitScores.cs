using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Selection;

/// <summary>From what units are worth to which of them stay.</summary>
internal static class UnitScores
{
    public static IReadOnlyList<int> Best(IReadOnlyList<double> scores, int kept) =>
        [.. Enumerable.Range(0, scores.Count).OrderByDescending(unit => scores[unit]).ThenBy(static unit => unit).Take(kept).Order()];

    public static void Check(UnitRows rows, int kept)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(kept);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(kept, rows.Units);
        if (rows.Values.Length % rows.Units != 0)
        {
            throw new ArgumentException($"{rows.Name}: {rows.Values.Length} weights are no {rows.Units} equal rows.", nameof(rows));
        }

        PreparedRows.ThrowIfNotFinite(rows.Values.Span, rows.Columns, rows.Name);
    }
}
