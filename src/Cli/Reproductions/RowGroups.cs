using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Reproductions;

/// <summary>Rows by what they prove: a row that a constant was fitted on proves less than one that nothing was fitted on.</summary>
internal static class RowGroups
{
    public static IReadOnlyList<(string Heading, IReadOnlyList<ReproducedRow> Rows)> Of(ReproductionResult result)
    {
        (string Heading, Func<ReproducedRow, bool> Belongs)[] groups =
        [
            ("Held against the paper; nothing was fitted on these numbers", static row => row.Row.Kind == RowKind.Reproduced && row.Row.FittedConstant is null),
            ("Held against the paper, but a constant was fitted on them", static row => row.Row.Kind == RowKind.Reproduced && row.Row.FittedConstant is not null),
            ("Ours alone, held against nothing", static row => row.Row.Kind == RowKind.Own && row.Ours is not null),
            ("Ours alone, not measured in this run", static row => row.Row.Kind == RowKind.Own && row.Ours is null),
            ("Cannot be had here", static row => row.Row.Kind == RowKind.Reported),
        ];
        return [.. groups.Select(group => (group.Heading, Rows: (IReadOnlyList<ReproducedRow>)[.. result.Rows.Where(group.Belongs)])).Where(static group => group.Rows.Count > 0)];
    }
}
