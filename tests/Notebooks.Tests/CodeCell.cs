using System.Text.Json.Nodes;

namespace SimServe.Notebooks.Tests;

/// <summary>A code cell of a notebook.</summary>
/// <param name="Number">Its number among the notebook's code cells, from 1, as in an editor's margin.</param>
/// <param name="Node">The cell in the notebook's JSON.</param>
internal sealed record CodeCell(int Number, JsonNode Node)
{
    public string Source => Text(Node["source"]);

    public IEnumerable<string> Lines => Source.Split('\n').Select(static line => line.Trim()).Where(static line => line.Length > 0);

    public JsonArray Outputs => Node["outputs"]!.AsArray();

    /// <summary>What the committed run wrote to the console.</summary>
    public string CommittedText => string.Concat(OutputsOf("stream").Select(static output => Text(output["text"])));

    public IEnumerable<JsonNode> OutputsOf(string type) =>
        Outputs.Where(output => (string?)output!["output_type"] == type).Select(static output => output!);

    /// <summary>Makes a text the cell's only output.</summary>
    public void Commit(string text)
    {
        Node["execution_count"] = Number;
        Outputs.Clear();
        if (text.Length > 0)
        {
            Outputs.Add(new JsonObject { ["name"] = "stdout", ["output_type"] = "stream", ["text"] = Pieces(text) });
        }
    }

    // The format allows a text or a list of its lines.
    private static string Text(JsonNode? node) =>
        node is JsonArray lines ? string.Concat(lines.Select(static line => (string?)line)) : (string?)node ?? "";

    private static JsonArray Pieces(string text)
    {
        var lines = text.Split('\n');
        return [.. lines.Select((line, index) => index < lines.Length - 1 ? $"{line}\n" : line).Where(static line => line.Length > 0)
            .Select(static line => JsonValue.Create(line))];
    }
}
