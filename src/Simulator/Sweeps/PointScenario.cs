using System.Text.Json;
using System.Text.Json.Nodes;
using SimServe.Simulator.Scenarios;

namespace SimServe.Simulator.Sweeps;

/// <summary>The scenario of a point as a file of its own.</summary>
/// <param name="Root">What stands in it.</param>
/// <param name="Folder">The folder that its paths are relative to.</param>
public sealed record PointScenario(JsonObject Root, string Folder)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Reads a scenario that has no faults and puts settings in place of its values.</summary>
    /// <param name="file">The scenario.</param>
    /// <param name="settings">The settings, as <c>path=value</c>.</param>
    public static PointScenario Read(string file, IReadOnlyList<string> settings)
    {
        using var document = ScenarioSettings.Apply(JsonNode.Parse(File.ReadAllText(file), documentOptions: SweepText.Lenient)!, settings, []);
        return new PointScenario(JsonObject.Create(document.RootElement.Clone())!, Path.GetDirectoryName(Path.GetFullPath(file))!);
    }

    /// <summary>A hash of what it says and of the files that it names.</summary>
    public string Hash()
    {
        var root = Root.DeepClone().AsObject();
        root.Remove("$schema");
        var parts = new List<string> { root.ToJsonString() };
        VisitFiles(root, path =>
        {
            parts.Add(ContentHash.OfFile(Path.Combine(Folder, path)));
            return path;
        });
        return ContentHash.Of([.. parts]);
    }

    /// <summary>Its text for another folder: paths lead to the same files from there.</summary>
    /// <param name="name">The scenario's name.</param>
    /// <param name="folder">The folder.</param>
    public string Moved(string name, string folder)
    {
        var root = Root.DeepClone().AsObject();
        root["name"] = name;
        VisitFiles(root, path => Path.GetRelativePath(Path.GetFullPath(folder), Path.Combine(Folder, path)).Replace('\\', '/'));
        return root.ToJsonString(Indented) + "\n";
    }

    // Every text that names a file of the scenario's folder, at the keys that hold paths.
    private void VisitFiles(JsonNode? node, Func<string, string> change)
    {
        switch (node)
        {
            case JsonObject section:
                foreach (var (key, value) in section.ToArray())
                {
                    if (key is "$schema" or "image" or "mask" or "path" or "file" && value is JsonValue text && text.TryGetValue<string>(out var path) && File.Exists(Path.Combine(Folder, path)))
                    {
                        section[key] = change(path);
                    }
                    else
                    {
                        VisitFiles(value, change);
                    }
                }

                break;
            case JsonArray list:
                foreach (var item in list)
                {
                    VisitFiles(item, change);
                }

                break;
        }
    }
}
