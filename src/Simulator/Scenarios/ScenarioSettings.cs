using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SimServe.Simulator.Scenarios;

/// <summary>Values put in place of a scenario's: <c>workload.requests=20</c>, <c>templates.0.seed=7</c>, <c>faults=[{"worker":1,"atSeconds":2}]</c>.</summary>
internal static class ScenarioSettings
{
    // A setting with a fault changes nothing; the others are applied.
    public static JsonDocument Apply(JsonNode root, IReadOnlyList<string> settings, List<InputFault> faults)
    {
        foreach (var setting in settings)
        {
            Apply(root, setting, faults);
        }

        return JsonDocument.Parse(root.ToJsonString());
    }

    private static void Apply(JsonNode root, string setting, List<InputFault> faults)
    {
        var equals = setting.IndexOf('=', StringComparison.Ordinal);
        var keys = equals < 0 ? [] : setting[..equals].Split('.');
        if (keys.Length == 0 || keys.Contains(""))
        {
            faults.Add(new InputFault("--set", $"\"{setting}\"", "path=value", "Write for example workload.requests=20."));
            return;
        }

        try
        {
            Put(root, keys, setting, faults);
        }
        catch (ArgumentException)
        {
            // A key stands twice on the way: the reader names it.
        }
    }

    private static void Put(JsonNode root, string[] keys, string setting, List<InputFault> faults)
    {
        JsonNode? parent = root;
        for (var i = 0; i < keys.Length; i++)
        {
            var last = i == keys.Length - 1;
            switch (parent)
            {
                case JsonObject section:
                    parent = last ? section[keys[i]] = Value(setting) : section[keys[i]] ??= new JsonObject();
                    break;
                case JsonArray list when IndexIn(list, keys[i]) is { } index:
                    parent = last ? list[index] = Value(setting) : list[index];
                    break;
                default:
                    faults.Add(new InputFault("--set", $"\"{setting}\"", Allowed(parent, string.Join('.', keys[..i])), "Correct the path."));
                    return;
            }
        }
    }

    private static int? IndexIn(JsonArray list, string key) =>
        int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count ? index : null;

    private static string Allowed(JsonNode? parent, string path) => parent switch
    {
        JsonArray { Count: 0 } => $"nothing below \"{path}\", which is an empty list",
        JsonArray list => $"an index from 0 to {list.Count - 1} after \"{path}\"",
        _ => $"nothing below \"{path}\", which is neither an object nor a list",
    };

    // Numbers, true, false, lists and objects as JSON; anything else is a text.
    private static JsonNode? Value(string setting)
    {
        var text = setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..];
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}
