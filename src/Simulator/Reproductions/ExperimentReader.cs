using System.Text.Json;
using SimServe.Simulator.Scenarios;

namespace SimServe.Simulator.Reproductions;

/// <summary>Reads an experiment's files: <c>experiment.json</c> with its rows and <c>constants.json</c>; comments and trailing commas may stay.</summary>
public static class ExperimentReader
{
    /// <summary>Name of the file of rows.</summary>
    public const string RowsFile = "experiment.json";

    /// <summary>Name of the file of constants.</summary>
    public const string ConstantsFile = "constants.json";

    private const double Most = 1e30;

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
    private static readonly Dictionary<string, RowKind> Kinds = new(StringComparer.Ordinal)
    {
        ["reproduced"] = RowKind.Reproduced,
        ["reported"] = RowKind.Reported,
        ["own"] = RowKind.Own,
    };

    /// <summary>Reads an experiment with all its faults.</summary>
    /// <param name="folder">The folder of both files.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidInputException">A file has faults; the message lists all of that file.</exception>
    public static ExperimentFile Read(string folder)
    {
        var constants = ReadFile(Path.Combine(folder, ConstantsFile), ReadConstants);
        return ReadFile(Path.Combine(folder, RowsFile), root => ReadRows(root, constants));
    }

    private static T ReadFile<T>(string file, Func<JsonSection, T> read)
    {
        using var document = Parse(file);
        var faults = new List<InputFault>();
        var root = new JsonSection(document.RootElement, "", faults);
        root.Integer("schema", ExperimentFile.CurrentSchema, ExperimentFile.CurrentSchema, null);
        var content = read(root);
        root.Close();
        return faults.Count == 0 ? content : throw new InvalidInputException(file, faults);
    }

    private static JsonDocument Parse(string file)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllText(file), Lenient);
        }
        catch (JsonException error)
        {
            throw new InvalidInputException(file, [new InputFault($"line {(error.LineNumber ?? 0) + 1}", "no JSON", "JSON; comments and trailing commas may stay", error.Message)]);
        }
    }

    private static ConstantBook ReadConstants(JsonSection root)
    {
        var constants = new List<PublishedConstant>();
        root.Choice("provenance", ["published"], null);
        foreach (var section in root.Sections("constants", required: true))
        {
            var constant = new PublishedConstant(
                section.Text("id", null),
                ReadValues(section),
                section.Text("unit", null),
                section.Text("source", null),
                section.Has("fittedOn") ? section.Text("fittedOn", null) : null,
                section.Has("note") ? section.Text("note", null) : null);
            MustBeNew(section, constant.Id, constants.Exists(other => other.Id == constant.Id));
            constants.Add(constant);
            section.Close();
        }

        // A double name has been noted: whoever reads on gets the first of them.
        return new ConstantBook([.. constants.DistinctBy(static constant => constant.Id)]);
    }

    private static IReadOnlyList<double> ReadValues(JsonSection section) =>
        section.Has("values") ? section.Numbers("values", -Most, Most) : [section.Number("value", -Most, Most, null)];

    private static ExperimentFile ReadRows(JsonSection root, ConstantBook constants)
    {
        var rows = new List<RowDeclaration>();
        var (id, title, citation) = (root.FolderName("id", "experiment"), root.Text("title", null), root.Text("citation", null));
        var tolerance = root.Number("tolerance", 0.001, 1, 0.15);
        foreach (var section in root.Sections("rows", required: true))
        {
            var row = ReadRow(section);
            MustBeNew(section, row.Id, rows.Exists(other => other.Id == row.Id));
            rows.Add(row);
            section.Close();
        }

        return new ExperimentFile { Id = id, Title = title, Citation = citation, Tolerance = tolerance, Constants = constants, Rows = rows };
    }

    private static RowDeclaration ReadRow(JsonSection section)
    {
        var row = new RowDeclaration
        {
            Id = section.Text("id", null),
            What = section.Text("what", null),
            Place = section.Text("place", null),
            Unit = section.Has("unit") ? section.Text("unit", null) : "",
            Kind = Kinds.GetValueOrDefault(section.Choice("kind", Kinds.Keys, "reproduced")),
            Target = section.OptionalNumber("target", -Most, Most),
            FittedConstant = section.Has("fittedConstant") ? section.Text("fittedConstant", null) : null,
            Reason = ReadReason(section),
        };
        Check(section, row);
        return row;
    }

    private static MissReason? ReadReason(JsonSection section)
    {
        if (!section.Has("reason"))
        {
            return null;
        }

        var reason = new MissReason(section.Number("leastRatio", -1e6, 1e6, 0), section.Number("mostRatio", -1e6, 1e6, 0), section.Text("reason", null));
        return reason;
    }

    private static void Check(JsonSection section, RowDeclaration row)
    {
        if (row.Kind == RowKind.Reproduced && row.Target is null)
        {
            section.Note(section.Key("target"), "nothing", "the paper's number", "Give it, or make the row one of kind \"own\".");
        }

        if (row.Kind == RowKind.Reported && row.Reason is null)
        {
            section.Note(section.Key("reason"), "nothing", "why the row cannot be had", "Say it.");
        }

        if (row is { Kind: RowKind.Reproduced, Reason: { } reason } && reason.Most <= reason.Least)
        {
            section.Note(section.Key("mostRatio"), $"{reason.Most}", "a ratio above leastRatio", "Say between which ratios of ours to the target the reason holds.");
        }
    }

    private static void MustBeNew(JsonSection section, string id, bool isKnown)
    {
        if (isKnown)
        {
            section.Note(section.Key("id"), $"\"{id}\" again", "a name of its own", "Rename one of the two.");
        }
    }
}
