using System.Text.Json;
using SimServe.GpuBackend.ModelFiles;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training;

/// <summary>Writes finished parts as a pipeline's folder in diffusers' layout, weights in half precision.</summary>
/// <param name="folder">The training's folder.</param>
public sealed class DemoExport(TrainingFolder folder)
{
    private const int Size = Scenes.Scene.Side;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes the Flux model.</summary>
    /// <param name="path">Its folder, made when missing; files that are there are replaced one by one, each whole.</param>
    /// <param name="steps">Denoising steps where a request does not say.</param>
    /// <exception cref="TrainingException">A part is not finished.</exception>
    public void Flux(string path, int steps)
    {
        string[] parts = ["text_encoder", "text_encoder_2", "transformer", "vae"];
        RequireFinished(parts);
        WriteJson(Path.Combine(Directory.CreateDirectory(path).FullName, "model_index.json"), new Dictionary<string, object>
        {
            ["_class_name"] = "FluxPipeline",
            ["_default_size"] = Size,
            ["_default_steps"] = steps,
            ["scheduler"] = (string[])["diffusers", "FlowMatchEulerDiscreteScheduler"],
            ["text_encoder"] = (string[])["transformers", "CLIPTextModel"],
            ["text_encoder_2"] = (string[])["transformers", "T5EncoderModel"],
            ["tokenizer"] = (string[])["transformers", "CLIPTokenizer"],
            ["tokenizer_2"] = (string[])["transformers", "T5Tokenizer"],
            ["transformer"] = (string[])["diffusers", "FluxTransformer2DModel"],
            ["vae"] = (string[])["diffusers", "AutoencoderKL"],
        });
        WriteJson(Path.Combine(Directory.CreateDirectory(Path.Combine(path, "scheduler")).FullName, "scheduler_config.json"), new
        {
            _class_name = "FlowMatchEulerDiscreteScheduler",
            num_train_timesteps = 1000,
            shift = 1.0,
            use_dynamic_shifting = false,
        });
        SceneTokenizers.WriteClip(Path.Combine(path, "tokenizer"));
        SceneTokenizers.WriteT5(Path.Combine(path, "tokenizer_2"));
        foreach (var part in parts)
        {
            CopyPart(part, Path.Combine(path, part));
        }
    }

    private void RequireFinished(string[] parts)
    {
        var missing = parts.Where(part => !folder.Has(part)).ToArray();
        if (missing.Length > 0)
        {
            throw new TrainingException($"'{folder.Path}' holds no finished {string.Join(", ", missing)}: train first.");
        }
    }

    private void CopyPart(string part, string to)
    {
        Directory.CreateDirectory(to);
        File.Copy(Path.Combine(folder.Of(part), "config.json"), Path.Combine(to, "config.json"), overwrite: true);
        using var scope = NewDisposeScope();
        using var weights = SafetensorsFile.Open(folder.WeightsPath(part));
        SafetensorsWriter.Write(
            Path.Combine(to, Path.GetFileName(weights.Path)),
            weights.Tensors.Keys.ToDictionary(static name => name, name => weights.Read(name).to(ScalarType.Float16)),
            new Dictionary<string, string> { ["format"] = "pt" });
    }

    private static void WriteJson(string path, object value) => WholeFile.Write(path, JsonSerializer.Serialize(value, Indented) + "\n");
}
