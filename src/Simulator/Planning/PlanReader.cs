using System.Text.Json;
using System.Text.Json.Nodes;
using SimServe.Policies;
using SimServe.Simulator.Catalogue;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Planning;

/// <summary>Reads plan files: JSON with comments and trailing commas.</summary>
/// <param name="models">Names of the models that can be planned for.</param>
public sealed class PlanReader(IReadOnlyCollection<string> models)
{
    private const string Fastest = "fastest";

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads a file.</summary>
    /// <param name="file">Path of the plan.</param>
    /// <param name="settings">Values to put in place of the file's: <c>path=value</c>, e.g. <c>workload.ratePerSecond=20</c>.</param>
    /// <exception cref="InvalidInputException">The plan has faults; the message lists all of them.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public PlanFile Read(string file, IReadOnlyList<string> settings)
    {
        var faults = new List<InputFault>();
        using var document = Parse(file, settings, faults);
        var plan = ReadRoot(new JsonSection(document.RootElement, "", faults), Path.GetFullPath(file));
        return faults.Count == 0
            ? plan with { WrittenPolicies = Written(document.RootElement, "policies"), WrittenHost = Written(document.RootElement, "fleet", "host") }
            : throw new InvalidInputException(file, faults);
    }

    private static JsonDocument Parse(string file, IReadOnlyList<string> settings, List<InputFault> faults)
    {
        var text = File.ReadAllText(file);
        try
        {
            var document = JsonDocument.Parse(text, Lenient);
            if (settings.Count == 0 || document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            return ScenarioSettings.Apply(JsonNode.Parse(text, documentOptions: Lenient)!, settings, faults);
        }
        catch (JsonException error)
        {
            throw new InvalidInputException(file, [new InputFault(
                $"line {(error.LineNumber ?? 0) + 1}", "something else", "JSON; comments and trailing commas may stay",
                $"Correct it: {error.Message.Split(". ")[0]}.")]);
        }
    }

    private PlanFile ReadRoot(JsonSection root, string file)
    {
        root.Text("$schema", "none");
        var workload = root.Section("workload", required: true);
        var candidates = ReadCandidates(root);
        var steps = root.Integer("steps", 1, 1000, null);
        var requests = root.Integer("requests", 0, 10_000_000, 0);
        var plan = new PlanFile
        {
            Name = root.FolderName("name", Path.GetFileNameWithoutExtension(file)),
            Seed = root.Integer("seed", 0, int.MaxValue, 1),
            Model = root.Choice("model", models, null),
            Steps = steps,
            RatePerSecond = workload?.Number("ratePerSecond", 1e-6, 1e6, null) ?? 1,
            Arrivals = ArrivalReader.Read(workload?.Section("arrivals", required: false)),
            Masks = ReadMasks(workload),
            Templates = workload?.Integer("templates", 1, 10_000_000, 1) ?? 1,
            TemplateSkew = workload?.Number("templateSkew", 0, 10, 0) ?? 0,
            Objective = ReadObjective(root, candidates),
            Candidates = candidates,
            Policies = new PolicyReader(Path.GetDirectoryName(file)!, steps, isSimulated: true).Read(root.Section("policies", required: false), new PolicyOptions()),
            Hosts = ReadHosts(root.Section("fleet", required: false)),
            Spares = root.Integer("spares", 0, 1, 1),
            Mixes = root.Flag("mixes", true),
            Confidence = root.Number("confidence", 0.5, 0.9999, 0.95),
            CalibrationError = ReadCalibrationError(root.Section("calibrationError", required: false)),
            Requests = requests > 0 ? requests : null,
            Replications = root.Integer("replications", 8, 100_000, 32),
        };
        if (requests is > 0 and < 100)
        {
            root.Note("requests", $"{requests}", "0, for as many as are needed, or at least 100", "A twentieth and a fifth of them do not count.");
        }

        workload?.Close();
        root.Close();
        return plan;
    }

    private static string ReadMasks(JsonSection? workload)
    {
        if (workload is null)
        {
            return MaskRatios.Production.Name;
        }

        var masks = workload.Text("masks", MaskRatios.Production.Name);
        try
        {
            return MaskRatios.Parse(masks) is null ? "" : masks;
        }
        catch (ArgumentException)
        {
            workload.Note(
                workload.Key("masks"), $"\"{masks}\"", string.Join(", ", MaskRatios.KnownNames),
                "Use one of those, with 0 < x <= 1 and 0 <= a < b <= 1.");
            return MaskRatios.Production.Name;
        }
    }

    private static List<PlanCandidate> ReadCandidates(JsonSection root)
    {
        var candidates = new List<PlanCandidate>();
        foreach (var section in root.Sections("candidates", required: true))
        {
            var price = section.Number("usdPerHour", 0, 10_000, 0);
            var candidate = new PlanCandidate(
                section.Choice("device", DeviceCatalogue.Names, null),
                section.Choice("pricing", PricingNames.All, "on-demand"),
                price > 0 ? price : null,
                section.Integer("most", 1, 10_000, 256));
            if (candidates.Exists(known => known.Device == candidate.Device && known.Pricing == candidate.Pricing))
            {
                section.Note(section.Key("device"), $"{candidate.Device} {candidate.Pricing} twice", "each device and pricing once", "Remove one of the two.");
            }

            candidates.Add(candidate);
            section.Close();
        }

        return candidates;
    }

    private static ServiceObjective ReadObjective(JsonSection root, List<PlanCandidate> candidates)
    {
        var faults = root.FaultCount;
        if (root.Section("objective", required: true) is not { } section)
        {
            return new ServiceObjective { Attainment = 0.95, Seconds = 1 };
        }

        var (seconds, times) = (section.Number("seconds", 0, 86_400, 0), section.Number("timesAlone", 0, 1000, 0));
        string[] devices = [Fastest, .. candidates.Select(static candidate => candidate.Device).Where(static device => device.Length > 0).Distinct()];
        var reference = section.Choice("referenceDevice", devices, Fastest);
        var objective = new ServiceObjective
        {
            Attainment = section.Number("attainment", 0.01, 0.9999, null),
            Seconds = seconds > 0 ? seconds : null,
            TimesAlone = times > 0 ? times : null,
            ReferenceDevice = reference == Fastest ? null : reference,
        };
        if (section.FaultCount == faults && seconds == 0 && times == 0)
        {
            section.Note(section.Key("seconds"), "nothing", "seconds, timesAlone or both, greater than 0", "Say within what a request is good.");
        }

        section.Close();
        return objective;
    }

    private static PlanHosts? ReadHosts(JsonSection? section)
    {
        if (section is null)
        {
            return null;
        }

        var defaults = new PlanHosts();
        var hosts = new PlanHosts
        {
            WorkersPerHost = section.Integer("workersPerHost", 1, 1024, defaults.WorkersPerHost),
            WarmTemplates = section.Flag("warmTemplates", defaults.WarmTemplates),
            Host = FleetReader.ReadHostOfWholeTemplates(section.Section("host", required: false)),
        };
        section.Close();
        return hosts;
    }

    // What scenarios have too, for the recommended one.
    private static JsonObject? Written(JsonElement from, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (from.ValueKind != JsonValueKind.Object || !from.TryGetProperty(name, out from))
            {
                return null;
            }
        }

        return from.ValueKind == JsonValueKind.Object ? JsonObject.Create(from.Clone()) : null;
    }

    private static CalibrationError? ReadCalibrationError(JsonSection? section)
    {
        if (section is null)
        {
            return null;
        }

        var error = new CalibrationError(section.Number("logStandardDeviation", 0.0001, 2, null), section.Text("source", null));
        section.Close();
        return error;
    }
}
