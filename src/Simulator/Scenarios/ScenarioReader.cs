using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SimServe.Policies;

namespace SimServe.Simulator.Scenarios;

/// <summary>Reads scenario files: JSON with comments and trailing commas.</summary>
/// <param name="models">Names of the models that can be served.</param>
/// <param name="devices">Names of the devices that pools may consist of, or <c>null</c> for none.</param>
public sealed partial class ScenarioReader(IReadOnlyCollection<string> models, IReadOnlyCollection<string>? devices = null)
{
    private const string ModelKey = "model";

    private static readonly JsonDocumentOptions Lenient =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads a file and notes everything that is wrong with it.</summary>
    /// <param name="file">Path of the scenario; paths in it are relative to its folder.</param>
    /// <param name="settings">Values to put in place of the file's: <c>path=value</c>, e.g. <c>workload.requests=20</c>.</param>
    /// <param name="faults">Receives the faults; a scenario with faults must not be run.</param>
    /// <exception cref="InvalidInputException">The file is not JSON.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public Scenario Read(string file, IReadOnlyList<string> settings, List<InputFault> faults)
    {
        using var document = Parse(file, settings, faults);
        var root = new JsonSection(document.RootElement, "", faults);
        root.Text("$schema", "none");
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var workload = WorkloadReader.Read(root.Section("workload", required: true), folder);
        var templates = ReadTemplates(root, folder, workload);
        var fleet = new FleetReader(devices ?? []).Read(root);
        var seed = root.Integer("seed", 0, int.MaxValue, 1);
        var steps = root.Integer("steps", 1, 1000, 8);
        var policyReader = new PolicyReader(folder, steps, isSimulated: devices is { Count: > 0 });
        var policies = policyReader.Read(root.Section("policies", required: false), new PolicyOptions { MaxBatchSize = 4, Seed = seed });
        var scenario = new Scenario
        {
            Name = root.FolderName("name", Path.GetFileNameWithoutExtension(file)),
            Seed = seed,
            Model = ReadModel(root, folder),
            Cache = CacheReader.Read(root.Section("cache", required: false)),
            Steps = steps,
            AddOns = AddOnReader.Read(root.Section("addOns", required: false), folder),
            Fleet = fleet,
            Templates = templates,
            Edits = ReadEdits(root, folder, templates.Count, workload),
            Workload = workload,
            Classes = ClassReader.Read(root),
            Policies = policies,
            Baseline = policyReader.Read(root.Section("baseline", required: false), policies with { Pipeline = "full" }),
            ProfileSeconds = root.Number("profileSeconds", 1, 3600, 15),
            Faults = FaultReader.Read(
                root, faults.Exists(static fault => fault.Key.StartsWith("fleet", StringComparison.Ordinal)) ? FleetReader.MostWorkers : fleet.Workers,
                fleet.Host.CacheHosts,
                fleet.ControlNets?.Devices ?? 0),
        };
        root.Close();
        return scenario;
    }

    private static JsonDocument Parse(string file, IReadOnlyList<string> settings, List<InputFault> faults)
    {
        var text = QuoteNotNumbers(File.ReadAllText(file));
        try
        {
            var document = JsonDocument.Parse(text, Lenient);
            DecodeTexts(document);
            return Override(document, text, settings, faults);
        }
        catch (InvalidOperationException error)
        {
            throw new InvalidInputException(file, [new InputFault(
                "(the file)", "a \\u escape of half a character", "whole characters", error.Message)]);
        }
        catch (JsonException error)
        {
            var line = (int)(error.LineNumber ?? 0);
            throw new InvalidInputException(file, [new InputFault(
                $"line {line + 1}", LineOf(text, line), "JSON; comments and trailing commas may stay",
                $"Correct it: {error.Message.Split(". ")[0]}.")]);
        }
    }

    // Once here, so that no later reading of a text or a key can fail.
    private static void DecodeTexts(JsonDocument document)
    {
        using var writer = new Utf8JsonWriter(Stream.Null);
        document.WriteTo(writer);
    }

    private static JsonDocument Override(JsonDocument document, string text, IReadOnlyList<string> settings, List<InputFault> faults)
    {
        if (settings.Count == 0 || document.RootElement.ValueKind != JsonValueKind.Object)
        {
            return document;
        }

        using (document)
        {
            return ScenarioSettings.Apply(JsonNode.Parse(text, documentOptions: Lenient)!, settings, faults);
        }
    }

    // NaN and infinities are not JSON. In quotes they are, and get their fault by key instead of ending the reading.
    private static string QuoteNotNumbers(string text) =>
        NotNumbers().Replace(text, static match => match.Value[0] is '"' or '/' ? match.Value : $"\"{match.Value}\"");

    // Texts and comments match too, so that what stands in them is left alone.
    [GeneratedRegex("""
        "(?:\\.|[^"\\])*"|//[^\n]*|/\*[\s\S]*?\*/|[-+]?\b(?:NaN|Infinity)\b
        """, RegexOptions.IgnoreCase)]
    private static partial Regex NotNumbers();

    private static string LineOf(string text, int line)
    {
        var found = text.Split('\n').ElementAtOrDefault(line)?.Trim() ?? "";
        return found.Length switch
        {
            0 => "nothing",
            <= 60 => found,
            _ => $"{found[..57]}...",
        };
    }

    private static List<TemplateSource> ReadTemplates(JsonSection root, string folder, WorkloadSource workload)
    {
        var templates = new List<TemplateSource>();
        if (workload.Templates is not null && root.Has("templates"))
        {
            root.Note("workload.templates", $"{workload.Templates}", "nothing beside a list of templates", "Remove one of the two: the list says how many there are.");
        }

        foreach (var section in root.Sections("templates", required: workload.Templates is null && workload.Trace is null))
        {
            templates.Add(new TemplateSource(
                ReadFile(section, "image", folder), section.Text("prompt", null), section.Integer("seed", 0, int.MaxValue, 0))
            {
                ControlImage = section.Has("controlImage") ? ReadFile(section, "controlImage", folder) : null,
            });
            section.Close();
        }

        return templates;
    }

    private static List<EditSource> ReadEdits(JsonSection root, string folder, int templates, WorkloadSource workload)
    {
        var edits = new List<EditSource>();
        var last = (templates > 0 ? templates : workload.Templates ?? int.MaxValue) - 1;
        foreach (var section in root.Sections("edits", required: false))
        {
            edits.Add(new EditSource(
                section.Integer("template", 0, last, null),
                ReadFile(section, "mask", folder),
                section.Text("prompt", null),
                section.Integer("seed", 0, int.MaxValue, 0)));
            section.Close();
        }

        if (edits.Count > 0 && (workload.ClosedLoop is not null || workload.Trace is not null))
        {
            root.Note("edits", "drawn masks", "no drawn masks in a closed loop or a trace", "Remove the edits: users and traces say what is edited.");
        }

        return edits;
    }

    // A name, or the full path of a folder: what has a separator of folders, or is there as one.
    private string ReadModel(JsonSection root, string folder)
    {
        var text = root.Has(ModelKey) ? root.TextOrNull(ModelKey) : null;
        if (text is null || models.Contains(text))
        {
            return root.Choice(ModelKey, models, models.First());
        }

        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(text, folder));
        if (Directory.Exists(full))
        {
            return full;
        }

        if (!text.Contains('/', StringComparison.Ordinal) && !text.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            return root.Choice(ModelKey, models, models.First());
        }

        root.Note(ModelKey, $"\"{text}\", which is not there", "a model's name, or the folder of one", "Check the path: it starts at the scenario's folder.");
        return models.First();
    }

    private static string ReadFile(JsonSection section, string name, string folder)
    {
        var path = section.Text(name, null);
        var full = Path.Combine(folder, path);
        if (path.Length > 0 && !File.Exists(full))
        {
            section.Note(
                section.Key(name), $"\"{path}\", which is not there", "a PNG file", "Check the path: it starts at the scenario's folder.");
        }

        return full;
    }
}
