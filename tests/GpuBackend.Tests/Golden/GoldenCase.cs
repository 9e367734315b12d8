using System.Text.Json;
using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Tests.Golden;

/// <summary>One folder of reference data.</summary>
internal sealed class GoldenCase(JsonElement json)
{
    private readonly Lazy<SafetensorsFile> _io = new(() =>
        SafetensorsFile.Open(Path.Combine(GoldenFolder.Location, json.GetProperty("path").GetString()!, "io.safetensors")));

    public JsonElement Json => json;

    public string Name => json.GetProperty("name").GetString()!;

    public string Kind => json.GetProperty("kind").GetString()!;

    public string Folder => Path.Combine(GoldenFolder.Location, json.GetProperty("path").GetString()!);

    public SafetensorsFile Io => _io.Value;

    public GoldenModel Model(string role) =>
        json.GetProperty("models").EnumerateArray().Select(static model => new GoldenModel(model)).Single(model => model.Role == role);

    public IEnumerable<GoldenRun> Runs() => json.TryGetProperty("runs", out var runs) && runs.GetArrayLength() > 0
        ? runs.EnumerateArray().Select(run => new GoldenRun(this, run))
        : [new GoldenRun(this, json)];
}
