using System.Text.Json;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Sweeps;

namespace SimServe.Simulator.Suites;

/// <summary>Reads suites: JSON with comments and trailing commas.</summary>
public static class SuiteReader
{
    private const string Example = "a suite or a scenario that exists; experiments/validation/suite.json and experiments/quickstart/scenario.json are";

    // What all cases share: templates are recorded once, the profile belongs to one model on one link, and repetitions have seeds of their own.
    private static readonly string[] Shared = ["seed", "model", "steps", "templates", "edits", "fleet.linkBytesPerSecond", "profileSeconds", "baseline"];

    /// <summary>Whether a file is a suite rather than a scenario: it has cases. What cannot be read is none, and whoever reads it as a scenario will say why.</summary>
    /// <param name="file">Path of the file.</param>
    public static bool IsSuite(string file)
    {
        try
        {
            using var document = SweepText.Parse(file);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("cases", out _);
        }
        catch (InvalidInputException)
        {
            return false;
        }
    }

    /// <summary>Reads a file and notes everything that is wrong with it; the scenario itself is not read.</summary>
    /// <param name="file">Path of the suite; the scenario's path in it is relative to its folder.</param>
    /// <param name="faults">Receives the faults; a suite with faults must not be run.</param>
    /// <exception cref="InvalidInputException">It is not there, or not JSON.</exception>
    public static ValidationSuite Read(string file, List<InputFault> faults)
    {
        using var document = SweepText.Parse(file, "SUITE", Example);
        var root = new JsonSection(document.RootElement, "", faults);
        root.Text("$schema", "none");
        var suite = new ValidationSuite
        {
            Name = root.FolderName("name", Path.GetFileNameWithoutExtension(file)),
            Scenario = ReadScenario(root, Path.GetDirectoryName(Path.GetFullPath(file))!),
            Repetitions = root.Integer("repetitions", 1, 100, 3),
            PaceSeconds = root.Number("paceSeconds", 0.5, 60, 3),
            Bounds = ReadBounds(root.Section("bounds", required: false)),
            Cases = [.. root.Sections("cases", required: true).Select(ReadCase)],
        };
        root.Close();
        foreach (var twice in suite.Cases.GroupBy(static one => one.Name).Where(static group => group.Count() > 1))
        {
            root.Note("cases", $"\"{twice.Key}\" more than once", "names that differ", "Rename one of them.");
        }

        return suite;
    }

    private static string ReadScenario(JsonSection root, string folder)
    {
        var path = root.Text("scenario", null);
        var full = Path.Combine(folder, path);
        if (path.Length > 0 && !File.Exists(full))
        {
            root.Note("scenario", $"\"{path}\", which is not there", "a scenario file", "Check the path: it starts at the suite's folder.");
        }

        return full;
    }

    private static SuiteBounds ReadBounds(JsonSection? section)
    {
        var defaults = new SuiteBounds();
        if (section is null)
        {
            return defaults;
        }

        var bounds = new SuiteBounds
        {
            LatencyMean = section.Number("latencyMean", 0, 10, defaults.LatencyMean),
            LatencyP95 = section.Number("latencyP95", 0, 10, defaults.LatencyP95),
            Throughput = section.Number("throughput", 0, 10, defaults.Throughput),
            Decisions = section.Number("decisions", 0, 1, defaults.Decisions),
        };
        section.Close();
        return bounds;
    }

    private static SuiteCase ReadCase(JsonSection section)
    {
        var one = new SuiteCase(section.Text("name", null), section.OptionalNumber("load", 0.01, 100), ReadSettings(section));
        if (one.Load is not null && one.Settings.Any(static setting => setting.StartsWith("workload.ratePerSecond=", StringComparison.Ordinal)))
        {
            section.Note(section.Key("load"), "a load beside workload.ratePerSecond", "one of the two", "Remove one: both say how many requests arrive.");
        }

        section.Close();
        return one;
    }

    private static List<string> ReadSettings(JsonSection section)
    {
        var settings = new List<string>();
        foreach (var (path, value) in section.Section("set", required: false)?.Entries() ?? [])
        {
            if (Array.Find(Shared, key => path == key || path.StartsWith($"{key}.", StringComparison.Ordinal)) is { } shared)
            {
                section.Note($"{section.Key("set")}.{path}", "a value of one case", $"no value for {shared}, which all cases share", "Set it in the scenario.");
            }

            settings.Add($"{path}={(value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText())}");
        }

        return settings;
    }
}
