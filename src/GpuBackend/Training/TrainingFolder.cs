using System.Text.Json.Nodes;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training;

/// <summary>Where a training keeps its scenes, checkpoints and finished parts.</summary>
/// <param name="path">The folder; made when missing.</param>
public sealed class TrainingFolder(string path)
{
    private static readonly System.Text.Json.JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The folder.</summary>
    public string Path { get; } = path;

    /// <summary>Where painted scenes are.</summary>
    public string Scenes => System.IO.Path.Combine(Path, "scenes");

    /// <summary>A part's folder, made when missing: checkpoint, pictures and, when it is finished, weights and configuration.</summary>
    /// <param name="part">The part, e.g. <c>vae</c>.</param>
    public string Of(string part) => Directory.CreateDirectory(System.IO.Path.Combine(Path, part)).FullName;

    /// <summary>A part's checkpoint.</summary>
    public string Checkpoint(string part) => System.IO.Path.Combine(Of(part), "checkpoint.safetensors");

    /// <summary>Whether a part is finished.</summary>
    public bool Has(string part) => File.Exists(WeightsPath(part));

    /// <summary>A finished part's configuration.</summary>
    public ConfigFile Config(string part) => ConfigFile.Open(System.IO.Path.Combine(Of(part), "config.json"));

    /// <summary>A finished part's weights.</summary>
    /// <param name="part">The part.</param>
    /// <param name="device">Where they go.</param>
    /// <param name="type">Type to compute in.</param>
    /// <exception cref="TrainingException">The part is not finished.</exception>
    public WeightStore Open(string part, Device device, ScalarType type = ScalarType.Float32) => Has(part)
        ? WeightStore.Open(WeightsPath(part), type, device)
        : throw new TrainingException($"'{Path}' holds no finished {part}: train it first.");

    /// <summary>Finishes a part.</summary>
    /// <param name="part">The part.</param>
    /// <param name="configPath">Its configuration.</param>
    /// <param name="weights">Its weights; written in half precision.</param>
    /// <param name="changes">Keys of the configuration that were found in the training.</param>
    public void Finish(string part, string configPath, IReadOnlyDictionary<string, Tensor> weights, params ReadOnlySpan<(string Key, double Value)> changes)
    {
        var config = JsonNode.Parse(File.ReadAllText(configPath))!.AsObject();
        foreach (var (key, value) in changes)
        {
            config[key] = value;
        }

        WholeFile.Write(System.IO.Path.Combine(Of(part), "config.json"), config.ToJsonString(Indented) + "\n");
        Finish(part, weights);
    }

    /// <summary>Finishes a part that has no configuration.</summary>
    /// <param name="part">The part.</param>
    /// <param name="weights">Its weights; written in half precision, as they ship, so that later parts learn with what ships.</param>
    public void Finish(string part, IReadOnlyDictionary<string, Tensor> weights)
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(
            WeightsPath(part), weights.ToDictionary(static pair => pair.Key, static pair => pair.Value.to(ScalarType.Float16)), new Dictionary<string, string> { ["format"] = "pt" });
    }

    /// <summary>Takes finished parts from a folder of models, so that they need not be trained.</summary>
    /// <param name="models">A folder as <see cref="DemoExport"/> writes it, e.g. <c>models</c>; parts that it lacks, or that are here already, are left alone.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public void Take(string models)
    {
        if (!Directory.Exists(models))
        {
            throw new DirectoryNotFoundException($"There is no folder '{models}' to take finished parts from.");
        }

        foreach (var (part, place) in DemoExport.Places)
        {
            var from = System.IO.Path.Combine(models, place);
            if (!Has(part) && Directory.Exists(from))
            {
                // The weights come last: they are what says that a part is finished.
                foreach (var file in Directory.GetFiles(from).OrderBy(static file => file.EndsWith(".safetensors", StringComparison.Ordinal)))
                {
                    File.Copy(file, System.IO.Path.Combine(Of(part), System.IO.Path.GetFileName(file)), overwrite: true);
                }
            }
        }
    }

    /// <summary>A part's weights, under the name that diffusers or transformers gives the file.</summary>
    internal string WeightsPath(string part) => System.IO.Path.Combine(
        Of(part),
        part.StartsWith("text", StringComparison.Ordinal) ? "model.safetensors"
        : part.StartsWith("style", StringComparison.Ordinal) ? "pytorch_lora_weights.safetensors"
        : "diffusion_pytorch_model.safetensors");
}
