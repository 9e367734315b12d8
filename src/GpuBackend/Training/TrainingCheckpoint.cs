using System.Globalization;
using System.Text.Json;
using SimServe.GpuBackend.ModelFiles;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training;

/// <summary>A training's state in one safetensors file, which is whole or not there: written beside and renamed.</summary>
internal static class TrainingCheckpoint
{
    private const string Version = "1";

    /// <summary>Writes it.</summary>
    /// <exception cref="TrainingException">The disk does not take it; the file that was there is kept.</exception>
    public static void Write(string path, LearnedWeights learned, AdamW optimizer, TrainingSettings settings, long seed, IReadOnlyList<TrainingPoint> points)
    {
        var tensors = new Dictionary<string, Tensor>
        {
            ["values"] = learned.Values, ["averages"] = learned.Averages, ["first"] = optimizer.First, ["second"] = optimizer.Second,
        };
        var metadata = new Dictionary<string, string>
        {
            ["version"] = Version,
            ["step"] = points[^1].Step.ToString(CultureInfo.InvariantCulture),
            ["seed"] = seed.ToString(CultureInfo.InvariantCulture),
            ["settings"] = JsonSerializer.Serialize(settings),
            ["layout"] = learned.Layout,
            ["points"] = JsonSerializer.Serialize(points),
        };
        try
        {
            SafetensorsWriter.Write(path, tensors, metadata);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            var kept = File.Exists(path) ? $"The last good checkpoint, '{path}', is kept" : "There was no checkpoint before";
            throw new TrainingException(
                $"The checkpoint of step {points[^1].Step} cannot be written to '{path}': {fault.Message} {kept}. Make room and run the same command again.", fault);
        }
    }

    /// <summary>Reads it.</summary>
    /// <returns>The points so far; the last one's step is where the training goes on.</returns>
    /// <exception cref="TrainingException">It is damaged, or of another training.</exception>
    public static IReadOnlyList<TrainingPoint> Read(string path, LearnedWeights learned, AdamW optimizer, TrainingSettings settings, long seed)
    {
        try
        {
            using var file = SafetensorsFile.Open(path);
            Must(file, path, "version", Version);
            Must(file, path, "layout", learned.Layout);
            Must(file, path, "settings", JsonSerializer.Serialize(settings));
            Must(file, path, "seed", seed.ToString(CultureInfo.InvariantCulture));
            using var mode = no_grad();
            using var scope = NewDisposeScope();
            learned.Values.copy_(file.Read("values"));
            learned.Averages.copy_(file.Read("averages"));
            optimizer.First.copy_(file.Read("first"));
            optimizer.Second.copy_(file.Read("second"));
            return JsonSerializer.Deserialize<TrainingPoint[]>(file.Metadata["points"])!;
        }
        catch (Exception fault) when (fault is ModelFileException or JsonException or KeyNotFoundException)
        {
            throw new TrainingException($"The checkpoint '{path}' is damaged: {fault.Message} Delete it to begin this part again.", fault);
        }
    }

    private static void Must(SafetensorsFile file, string path, string key, string wanted)
    {
        if (!file.Metadata.TryGetValue(key, out var found) || found != wanted)
        {
            throw new TrainingException(
                $"The checkpoint '{path}' belongs to another training: its {key} is {Short(found ?? "missing")}, this one's is {Short(wanted)}. Train into another folder, or delete it to begin this part again.");
        }
    }

    private static string Short(string text) => text.Length <= 400 ? text : text[..400] + "...";
}
