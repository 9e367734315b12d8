using System.Text.Json;

namespace SimServe.GpuBackend.Tests.Golden;

/// <summary>A model that a case uses.</summary>
internal sealed class GoldenModel(JsonElement json)
{
    public string Role => Text("role");

    public string Class => Text("class");

    public string ConfigFile => File("config");

    public string WeightsFile => File("weights");

    public string Folder => File("path");

    /// <summary>Parameters that the reference counted, or <c>null</c>.</summary>
    public long? Parameters => json.TryGetProperty("parameters", out var count) ? count.GetInt64() : null;

    private string File(string key) => Path.Combine(GoldenFolder.Location, Text(key));

    private string Text(string key) => json.GetProperty(key).GetString()!;
}
