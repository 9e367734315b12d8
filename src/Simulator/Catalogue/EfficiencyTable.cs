using System.Globalization;

namespace SimServe.Simulator.Catalogue;

/// <summary>Efficiencies and their checks in cells, for terminals and documents alike.</summary>
public static class EfficiencyTable
{
    /// <summary>The columns.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["device", "model", "provenance", "share of peak", "rests on", "checks: published, error of the model"];

    /// <summary>One row: a cell for each of <see cref="Columns"/>.</summary>
    /// <param name="row">The efficiency.</param>
    /// <param name="separator">What stands between two checks.</param>
    public static string[] Cells(CheckedEfficiency row, string separator) =>
    [
        row.Device.Name,
        row.Model,
        row.Efficiency.Provenance.Kind.ToString().ToLowerInvariant(),
        row.Efficiency.Share.ToString("0.0%", CultureInfo.InvariantCulture),
        row.Efficiency.Basis,
        row.Checks.Count == 0 ? "none" : string.Join(separator, row.Checks.Select(Describe)),
    ];

    /// <summary>The whole table in Markdown, a line for each row.</summary>
    /// <param name="rows">The rows.</param>
    public static IEnumerable<string> Markdown(IEnumerable<CheckedEfficiency> rows) =>
    [
        Line(Columns),
        Line(Columns.Select(static _ => "---")),
        .. rows.Select(static row => Line(Cells(row, "<br>"))),
    ];

    private static string Describe(EfficiencyCheck check) =>
        FormattableString.Invariant($"{check.Published.Conditions} ({check.Published.By}): {check.Error:+0%;-0%;0%}");

    private static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";
}
