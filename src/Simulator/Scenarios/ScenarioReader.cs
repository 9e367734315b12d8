using System.Text.Json;
using System.Text.Json.Nodes;
using SimServe.Policies;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Scenarios;

/// <summary>Reads scenario files: JSON with comments and trailing commas.</summary>
/// <param name="models">Names of the models that can be served.</param>
public sealed class ScenarioReader(IReadOnlyCollection<string> models)
{
    private static readonly JsonDocumentOptions Lenient =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads a file and notes everything that is wrong with it.</summary>
    /// <param name="file">Path of the scenario; image paths in it are relative to its folder.</param>
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
        var templates = ReadTemplates(root, folder);
        var fleet = ReadFleet(root);
        var policies = ReadPolicies(root.Section("policies", required: false), new PolicyOptions { MaxBatchSize = 4 });
        var scenario = new Scenario
        {
            Name = root.Text("name", Path.GetFileNameWithoutExtension(file)),
            Seed = root.Integer("seed", 0, int.MaxValue, 1),
            Model = root.Choice("model", models, models.First()),
            Steps = root.Integer("steps", 1, 1000, 8),
            Fleet = fleet,
            Templates = templates,
            Edits = ReadEdits(root, folder, templates.Count),
            Workload = ReadWorkload(root),
            Policies = policies,
            Baseline = ReadPolicies(root.Section("baseline", required: false), policies with { Pipeline = "full" }),
            ProfileSeconds = root.Number("profileSeconds", 1, 3600, 15),
            Faults = ReadFaults(root, fleet.Workers),
        };
        root.Close();
        return scenario;
    }

    private static JsonDocument Parse(string file, IReadOnlyList<string> settings, List<InputFault> faults)
    {
        try
        {
            if (settings.Count == 0)
            {
                return JsonDocument.Parse(File.ReadAllBytes(file), Lenient);
            }

            var root = JsonNode.Parse(File.ReadAllBytes(file), documentOptions: Lenient);
            foreach (var setting in settings)
            {
                Set(root, setting, faults);
            }

            return JsonDocument.Parse(root?.ToJsonString() ?? "null");
        }
        catch (ArgumentException error)
        {
            throw new InvalidInputException(file, [new InputFault("(the file)", "a key twice", "each key once", error.Message)]);
        }
        catch (JsonException error)
        {
            throw new InvalidInputException(file, [new InputFault(
                $"line {error.LineNumber + 1}", "text that is not JSON", "JSON; comments and trailing commas may stay", error.Message)]);
        }
    }

    private static void Set(JsonNode? root, string setting, List<InputFault> faults)
    {
        var equals = setting.IndexOf('=', StringComparison.Ordinal);
        var keys = equals < 0 ? [] : setting[..equals].Split('.');
        var parent = keys.SkipLast(1).Aggregate(root, static (node, key) => Child(node, key));
        if (equals < 1 || parent is not JsonObject target)
        {
            faults.Add(new InputFault(
                "--set", setting, "path=value, where path leads to an object of the scenario", "Write for example workload.requests=20."));
            return;
        }

        target[keys[^1]] = Value(setting[(equals + 1)..]);
    }

    private static JsonNode? Child(JsonNode? node, string key) => node switch
    {
        JsonObject section => section[key],
        JsonArray list when int.TryParse(key, out var index) && index >= 0 && index < list.Count => list[index],
        _ => null,
    };

    // Numbers, true and false as JSON; anything else is a text.
    private static JsonNode? Value(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private static FleetOptions ReadFleet(JsonSection root)
    {
        var fleet = root.Section("fleet", required: true);
        var options = new FleetOptions(
            fleet?.Integer("workers", 1, 1024, null) ?? 1,
            fleet?.Number("linkBytesPerSecond", 1e6, 1e13, null) ?? 1e9,
            fleet?.Flag("warmTemplates", true) ?? true);
        fleet?.Close();
        return options;
    }

    private static List<TemplateSource> ReadTemplates(JsonSection root, string folder)
    {
        var templates = new List<TemplateSource>();
        foreach (var section in root.Sections("templates", required: true))
        {
            templates.Add(new TemplateSource(
                ReadFile(section, "image", folder), section.Text("prompt", null), section.Integer("seed", 0, int.MaxValue, 0)));
            section.Close();
        }

        return templates;
    }

    private static List<EditSource> ReadEdits(JsonSection root, string folder, int templates)
    {
        var edits = new List<EditSource>();
        foreach (var section in root.Sections("edits", required: false))
        {
            edits.Add(new EditSource(
                section.Integer("template", 0, Math.Max(0, templates - 1), null),
                ReadFile(section, "mask", folder),
                section.Text("prompt", null),
                section.Integer("seed", 0, int.MaxValue, 0)));
            section.Close();
        }

        return edits;
    }

    private static WorkloadSource ReadWorkload(JsonSection root)
    {
        var workload = root.Section("workload", required: true);
        if (workload is null)
        {
            return new WorkloadSource(1, 1, "production", 0, ["an edit"]);
        }

        var masks = workload.Text("masks", "production");
        if (!IsMaskDistribution(masks))
        {
            workload.Note(workload.Key("masks"), $"\"{masks}\"", string.Join(", ", MaskRatios.KnownNames), "Use one of those.");
            masks = MaskRatios.Production.Name;
        }

        var prompts = workload.Texts("prompts");
        var options = new WorkloadSource(
            workload.Integer("requests", 1, 10_000_000, null),
            workload.Number("ratePerSecond", 1e-6, 1e6, null),
            masks,
            workload.Number("templateSkew", 0, 10, 0),
            prompts.Count > 0 ? prompts : ["an edit"]);
        workload.Close();
        return options;
    }

    private static bool IsMaskDistribution(string name)
    {
        try
        {
            return MaskRatios.Parse(name) is not null;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static PolicyOptions ReadPolicies(JsonSection? section, PolicyOptions fallback)
    {
        if (section is null)
        {
            return fallback;
        }

        var options = new PolicyOptions
        {
            Batching = section.Choice("batching", PolicyCatalogue.Batching, fallback.Batching),
            Pipeline = section.Choice("pipeline", PolicyCatalogue.Pipelines, fallback.Pipeline),
            Routing = section.Choice("routing", PolicyCatalogue.Routing, fallback.Routing),
            MaxBatchSize = section.Integer("maxBatchSize", 1, 1024, fallback.MaxBatchSize),
            MaxWait = Duration.FromSeconds(section.Number("maxWaitSeconds", 0, 3600, fallback.MaxWait.TotalSeconds)),
        };
        section.Close();
        return options;
    }

    private static List<FaultOptions> ReadFaults(JsonSection root, int workers)
    {
        var faults = new List<FaultOptions>();
        foreach (var section in root.Sections("faults", required: false))
        {
            faults.Add(new FaultOptions(section.Integer("worker", 0, workers - 1, null), section.Number("atSeconds", 0, 1e9, null)));
            section.Close();
        }

        return faults;
    }

    private static string ReadFile(JsonSection section, string name, string folder)
    {
        var path = section.Text(name, null);
        var full = Path.Combine(folder, path);
        if (path.Length > 0 && !File.Exists(full))
        {
            section.Note(section.Key(name), $"\"{path}\"", "a PNG file that exists", $"There is no file {path} beside the scenario.");
        }

        return full;
    }
}
