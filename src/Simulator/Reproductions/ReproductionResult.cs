using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reproductions;

/// <summary>An experiment that has been run.</summary>
/// <param name="File">The experiment.</param>
/// <param name="Rows">Its rows with what we got.</param>
/// <param name="Charts">Its charts.</param>
/// <param name="Settings">What the run was asked for, name and value, for reports.</param>
public sealed record ReproductionResult(
    ExperimentFile File, IReadOnlyList<ReproducedRow> Rows, IReadOnlyList<Chart> Charts, IReadOnlyList<(string Name, string Value)> Settings)
{
    /// <summary>Rows of a verdict.</summary>
    /// <param name="verdict">The verdict.</param>
    public IEnumerable<ReproducedRow> Of(RowVerdict verdict) => Rows.Where(row => row.Verdict(File.Tolerance) == verdict);

    /// <summary>Whether every row that can be reproduced is within the tolerance or has its reason.</summary>
    public bool IsReproduced => !Of(RowVerdict.Missed).Any();

    /// <summary>How it came out, in a sentence.</summary>
    public string Sentence
    {
        get
        {
            var (within, explained, missed) = (Of(RowVerdict.Within).ToArray(), Of(RowVerdict.Explained).Count(), Of(RowVerdict.Missed).Count());
            var fitted = within.Count(static row => row.Row.FittedConstant is not null);
            return FormattableString.Invariant(
                $"{within.Length - fitted} rows within {File.Tolerance * 100:0.#} % of the paper that nothing was fitted on, {fitted} that constants were fitted on, {explained} further off with their reasons, {missed} missed; {Rows.Count(static row => row.Row.Kind == RowKind.Reported)} cannot be had here, {Rows.Count(static row => row.Row.Kind == RowKind.Own)} are ours alone.");
        }
    }
}
