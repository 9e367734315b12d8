using System.Text.Json;
using System.Text.RegularExpressions;
using SimServe.Simulator.Scenarios;

namespace SimServe.Simulator.Sweeps;

/// <summary>Reads sweep files: JSON with comments and trailing commas.</summary>
public static partial class SweepReader
{
    private const int MostRuns = 1_000_000;
    private const int MostReplications = 10_000;

    // What changes no simulated run (the profile knows the link), and the seed: replications have their own, the same at every point.
    private static readonly string[] Fixed = ["$schema", "name", "seed", "baseline", "profileSeconds", "fleet.linkBytesPerSecond"];

    private static readonly string[] MetricNames = [.. SweepMetric.All.Select(static metric => metric.Name)];

    /// <summary>Reads a file and notes everything that is wrong with it; the scenario itself is not read.</summary>
    /// <param name="file">Path of the sweep; paths in it are relative to its folder.</param>
    /// <param name="faults">Receives the faults; a sweep with faults must not be run.</param>
    /// <exception cref="InvalidInputException">The file is not JSON.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SweepFile Read(string file, List<InputFault> faults)
    {
        using var document = SweepText.Parse(file);
        var root = new JsonSection(document.RootElement, "", faults);
        root.Text("$schema", "none");
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var axes = ReadAxes(root);
        var sweep = new SweepFile
        {
            Name = root.FolderName("name", Path.GetFileNameWithoutExtension(file)),
            Scenario = ReadPath(root, "scenario", folder, null, "a scenario file")!,
            Profile = ReadPath(root, "profile", folder, "", "a profile that 'simserve validate' wrote"),
            Axes = axes,
            Replications = root.Integer("replications", 1, MostReplications, 5),
            Goal = ReadGoal(root.Section("goal", required: false)),
            Compared = ReadCompared(root, axes),
            Frontier = ReadFrontier(root, axes),
        };
        root.Close();
        CheckSize(root, sweep);
        return sweep;
    }

    private static List<SweepAxis> ReadAxes(JsonSection root)
    {
        var axes = new List<SweepAxis>();
        if (root.Section("vary", required: true) is not { } vary)
        {
            return axes;
        }

        foreach (var (path, element) in vary.Entries())
        {
            CheckPath(vary, path);
            axes.Add(new SweepAxis(path, "", ReadValues(vary, path, element)));
        }

        if (axes.Count == 0)
        {
            root.Note("vary", "nothing to vary", "at least one path of the scenario with its values", "Write for example { \"policies.routing\": [\"round-robin\", \"mask-aware\"] }.");
        }

        return NameColumns(axes);
    }

    private static void CheckPath(JsonSection vary, string path)
    {
        if (!PathShape().IsMatch(path))
        {
            vary.Note(vary.Key(path), "no path of a scenario", "names with dots between them", "Write for example workload.ratePerSecond.");
        }
        else if (Array.Exists(Fixed, key => path == key || path.StartsWith($"{key}.", StringComparison.Ordinal)))
        {
            vary.Note(vary.Key(path), "a key that changes no run of the grid", $"any path but those of {string.Join(", ", Fixed)}", "Every replication has its own seed, the same at all points. Remove the key.");
        }
    }

    private static List<SweepValue> ReadValues(JsonSection vary, string path, JsonElement element)
    {
        var values = new List<SweepValue>();
        const string Allowed = "a list [ ... ] of different numbers, texts, true or false";
        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() == 0)
        {
            vary.Note(vary.Key(path), SweepText.Show(element), Allowed, "Write the values between brackets.");
            return values;
        }

        foreach (var item in element.EnumerateArray())
        {
            if (SweepValue.Of(item) is not { } value)
            {
                vary.Note($"{vary.Key(path)}[{values.Count}]", SweepText.Show(item), Allowed, "Write one of those.");
            }
            else if (values.Exists(known => known.Label == value.Label || (known.Number is { } number && number == value.Number)))
            {
                vary.Note($"{vary.Key(path)}[{values.Count}]", $"{value.Label} again", Allowed, "Remove one of the two.");
            }
            else
            {
                values.Add(value);
            }
        }

        return values;
    }

    // The last name alone where that is clear, for short columns and queries.
    private static List<SweepAxis> NameColumns(List<SweepAxis> axes)
    {
        string[] taken = ["point", "replication", "seed", "replications", .. SweepMetric.All.Select(static metric => metric.Column)];
        var last = axes.Select(static axis => axis.Path.Split('.')[^1]).ToArray();
        return [.. axes.Select((axis, index) => axis with
        {
            Column = taken.Append("").Concat(last.Where((_, other) => other != index)).Contains(last[index], StringComparer.OrdinalIgnoreCase) || !char.IsLetter(last[index][0])
                ? axis.Path.Replace('.', '_')
                : last[index],
        })];
    }

    private static string? ReadPath(JsonSection root, string name, string folder, string? fallback, string allowed)
    {
        var path = root.Text(name, fallback);
        if (path.Length == 0)
        {
            return null;
        }

        var full = Path.Combine(folder, path);
        if (!File.Exists(full))
        {
            root.Note(name, $"\"{path}\", which is not there", allowed, "Check the path: it starts at the sweep file's folder.");
        }

        return full;
    }

    private static SweepGoal ReadGoal(JsonSection? section)
    {
        var metric = SweepMetric.Find("mean-latency");
        if (section is null)
        {
            return new SweepGoal(metric, null);
        }

        var name = section.Choice("metric", MetricNames, metric.Name);
        var objective = section.Number("objective", 0, 1e15, double.NaN);
        section.Close();
        return new SweepGoal(SweepMetric.Find(name), double.IsNaN(objective) ? null : objective);
    }

    private static SweepAxis ReadCompared(JsonSection root, List<SweepAxis> axes)
    {
        var first = axes.Find(static axis => !axis.IsNumeric) ?? axes.FirstOrDefault() ?? new SweepAxis("", "", []);
        var path = root.Choice("compare", [.. axes.Select(static axis => axis.Path)], first.Path);
        return axes.Find(axis => axis.Path == path) ?? first;
    }

    // A fleet of a given size is paid for whatever it does; then the question is how much load it bears.
    private static (SweepMetric Cost, SweepMetric Value) ReadFrontier(JsonSection root, List<SweepAxis> axes)
    {
        var names = root.Texts("frontier");
        var fleetVaries = axes.Exists(static axis => axis.Path.StartsWith("fleet.", StringComparison.Ordinal));
        var fallback = (SweepMetric.Find(fleetVaries ? "workers" : "throughput"), SweepMetric.Find("p95-latency"));
        if (names.Count == 0)
        {
            return fallback;
        }

        if (names.Count == 2 && names.All(MetricNames.Contains) && names[0] != names[1])
        {
            return (SweepMetric.Find(names[0]), SweepMetric.Find(names[1]));
        }

        root.Note("frontier", string.Join(", ", names), $"two different metrics of {string.Join(", ", MetricNames)}", "Write for example [\"workers\", \"p95-latency\"].");
        return fallback;
    }

    private static void CheckSize(JsonSection root, SweepFile sweep)
    {
        var runs = sweep.Axes.Aggregate((double)sweep.Replications, static (product, axis) => product * axis.Values.Count);
        if (runs > MostRuns)
        {
            root.Note("vary", $"{runs:0} runs", $"a grid of at most {MostRuns} runs, replications included", "Vary less at a time.");
        }
    }

    [GeneratedRegex(@"^[$\w]+(\.\w+)*$")]
    private static partial Regex PathShape();
}
