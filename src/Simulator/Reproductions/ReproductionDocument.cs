using System.Text.Json;
using System.Text.Json.Serialization;
using SimServe.Simulator.Reports;

namespace SimServe.Simulator.Reproductions;

/// <summary>An experiment that has been run as <c>summary.json</c>.</summary>
public sealed record ReproductionDocument
{
    /// <summary>Version of the format.</summary>
    public const int CurrentSchema = 1;

    /// <summary>Name of the file.</summary>
    public const string FileName = "summary.json";

    /// <summary>Version of the format.</summary>
    public int SchemaVersion { get; init; } = CurrentSchema;

    /// <summary>The experiment's name.</summary>
    public required string Experiment { get; init; }

    /// <summary>Its title.</summary>
    public required string Title { get; init; }

    /// <summary>The paper.</summary>
    public required string Citation { get; init; }

    /// <summary>Greatest relative difference that counts as reproduced.</summary>
    public required double Tolerance { get; init; }

    /// <summary>Whether every row that can be reproduced is within it or has its reason.</summary>
    public required bool Reproduced { get; init; }

    /// <summary>What the run was asked for.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>The rows.</summary>
    public required IReadOnlyList<DocumentRow> Rows { get; init; }

    /// <summary>The constants it computed with.</summary>
    public required IReadOnlyList<PublishedConstant> Constants { get; init; }

    /// <summary>The document of a result.</summary>
    /// <param name="result">The result.</param>
    public static ReproductionDocument Of(ReproductionResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new ReproductionDocument
        {
            Experiment = result.File.Id,
            Title = result.File.Title,
            Citation = result.File.Citation,
            Tolerance = result.File.Tolerance,
            Reproduced = result.IsReproduced,
            Settings = result.Settings.ToDictionary(static setting => setting.Name, static setting => setting.Value, StringComparer.Ordinal),
            Rows = [.. result.Rows.Select(row => DocumentRow.Of(row, result.File.Tolerance))],
            Constants = result.File.Constants.All,
        };
    }

    /// <summary>A result as text.</summary>
    /// <param name="result">The result.</param>
    public static string Serialise(ReproductionResult result) => JsonSerializer.Serialize(Of(result), RunFolder.Json);

    /// <summary>Several results as one text: a list.</summary>
    /// <param name="results">The results.</param>
    public static string Serialise(IEnumerable<ReproductionResult> results) => JsonSerializer.Serialize(results.Select(Of).ToArray(), RunFolder.Json);
}

/// <summary>A row of the document.</summary>
public sealed record DocumentRow
{
    /// <summary>The row's name.</summary>
    public required string Id { get; init; }

    /// <summary>What it is.</summary>
    public required string What { get; init; }

    /// <summary>Where the paper has it.</summary>
    public required string Place { get; init; }

    /// <summary>Kind of answer.</summary>
    public required RowKind Kind { get; init; }

    /// <summary>Unit of both numbers.</summary>
    public required string Unit { get; init; }

    /// <summary>The paper's number.</summary>
    public required double? Target { get; init; }

    /// <summary>Ours.</summary>
    public required double? Ours { get; init; }

    /// <summary>Half the width of its 95 % interval over replications.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? HalfWidth { get; init; }

    /// <summary>Ours over the paper's.</summary>
    public required double? Ratio { get; init; }

    /// <summary>How it came out.</summary>
    public required RowVerdict Verdict { get; init; }

    /// <summary>Whether a constant was fitted on this number.</summary>
    public required bool UsedForFitting { get; init; }

    /// <summary>Which constant.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FittedConstant { get; init; }

    /// <summary>Why it cannot be had, or why ours differs.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>What varying the unknowns gave.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Finding { get; init; }

    /// <summary>The document's row of a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="tolerance">The experiment's tolerance.</param>
    public static DocumentRow Of(ReproducedRow row, double tolerance)
    {
        ArgumentNullException.ThrowIfNull(row);
        var verdict = row.Verdict(tolerance);
        return new DocumentRow
        {
            Id = row.Row.Id,
            What = row.Row.What,
            Place = row.Row.Place,
            Kind = row.Row.Kind,
            Unit = row.Row.Unit,
            Target = row.Row.Target,
            Ours = row.Ours,
            HalfWidth = row.HalfWidth,
            Ratio = row.Ratio,
            Verdict = verdict,
            UsedForFitting = row.Row.FittedConstant is not null,
            FittedConstant = row.Row.FittedConstant,
            Reason = verdict == RowVerdict.Within ? null : row.Row.Reason?.Text,
            Finding = row.Finding,
        };
    }
}
