using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SimServe.Notebooks.Tests;

/// <summary>A notebook file: nbformat 4.</summary>
internal sealed class Notebook
{
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        IndentSize = 1,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly JsonNode _root;

    public Notebook(string json)
    {
        _root = JsonNode.Parse(json)!;
        Code = [.. _root["cells"]!.AsArray().Where(static cell => (string?)cell!["cell_type"] == "code")
            .Select(static (cell, index) => new CodeCell(index + 1, cell!))];
    }

    public IReadOnlyList<CodeCell> Code { get; }

    public string? Kernel => (string?)_root["metadata"]?["kernelspec"]?["name"];

    public static Notebook Read(string file) => new(File.ReadAllText(file));

    public void Write(string file) => File.WriteAllText(file, _root.ToJsonString(Format) + "\n");
}
