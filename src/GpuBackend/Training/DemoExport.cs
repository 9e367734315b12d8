using System.Text.Json;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Pipelines;

namespace SimServe.GpuBackend.Training;

/// <summary>Writes finished parts as pipelines' folders in diffusers' layout.</summary>
/// <param name="folder">The training's folder.</param>
public sealed class DemoExport(TrainingFolder folder)
{
    /// <summary>The Flux pipeline's folder.</summary>
    public const string Flux = "demo-flux";

    /// <summary>The Stable Diffusion pipeline's folder.</summary>
    public const string StableDiffusion = "demo-sd";

    /// <summary>The judge's folder.</summary>
    public const string Judge = "scene-judge";

    private const string SdText = SdTextTask.Part;
    private const int Size = Scenes.Scene.Side;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Each part with its place in a folder of models; those that two pipelines have, in the first.</summary>
    public static IReadOnlyList<(string Part, string Place)> Places { get; } =
    [
        .. new[] { "text_encoder", "text_encoder_2", "transformer", "vae" }.Select(static part => (part, Path.Combine(Flux, part))),
        ("judge", Judge),
        (SdText, Path.Combine(StableDiffusion, "text_encoder")),
        ("unet", Path.Combine(StableDiffusion, "unet")),
        ("controlnet", Path.Combine(StableDiffusion, "controlnet-edges")),
        ("style-pastel", Path.Combine(StableDiffusion, "style-pastel")),
        ("style-stripes", Path.Combine(StableDiffusion, "style-stripes")),
    ];

    /// <summary>Writes every model whose parts are finished.</summary>
    /// <param name="path">Folder of the models, made when missing; files that are there are replaced one by one, each whole.</param>
    /// <returns>The models' folders.</returns>
    public IReadOnlyList<string> Write(string path)
    {
        List<string> written = [];
        if (new[] { "text_encoder", "text_encoder_2", "transformer", "vae" }.All(folder.Has))
        {
            written.Add(WriteFlux(Path.Combine(path, Flux)));
        }

        if (new[] { SdText, "unet", "vae" }.All(folder.Has))
        {
            written.Add(WriteStableDiffusion(Path.Combine(path, StableDiffusion)));
        }

        if (folder.Has("judge"))
        {
            CopyPart("judge", Path.Combine(path, Judge));
        }

        return written;
    }

    private string WriteFlux(string path)
    {
        WriteJson(Path.Combine(Directory.CreateDirectory(path).FullName, "model_index.json"), new Dictionary<string, object>
        {
            ["_class_name"] = "FluxPipeline",
            [FluxFolder.CleanContextKey] = true,
            ["_default_size"] = Size,
            ["_default_steps"] = 16,
            ["scheduler"] = Part("diffusers", "FlowMatchEulerDiscreteScheduler"),
            ["text_encoder"] = Part("transformers", "CLIPTextModel"),
            ["text_encoder_2"] = Part("transformers", "T5EncoderModel"),
            ["tokenizer"] = Part("transformers", "CLIPTokenizer"),
            ["tokenizer_2"] = Part("transformers", "T5Tokenizer"),
            ["transformer"] = Part("diffusers", "FluxTransformer2DModel"),
            ["vae"] = Part("diffusers", "AutoencoderKL"),
        });
        WriteJson(Path.Combine(Directory.CreateDirectory(Path.Combine(path, "scheduler")).FullName, "scheduler_config.json"), new
        {
            _class_name = "FlowMatchEulerDiscreteScheduler",
            num_train_timesteps = 1000,
            shift = FluxTask.Shift,
            use_dynamic_shifting = false,
        });
        SceneTokenizers.WriteClip(Path.Combine(path, "tokenizer"));
        SceneTokenizers.WriteT5(Path.Combine(path, "tokenizer_2"));
        foreach (var part in new[] { "text_encoder", "text_encoder_2", "transformer", "vae" })
        {
            CopyPart(part, Path.Combine(path, part));
        }

        return path;
    }

    private string WriteStableDiffusion(string path)
    {
        WriteJson(Path.Combine(Directory.CreateDirectory(path).FullName, "model_index.json"), new Dictionary<string, object>
        {
            ["_class_name"] = "StableDiffusionPipeline",
            ["_default_guidance"] = UNetLessons.Guidance,
            ["_default_steps"] = 20,
            ["feature_extractor"] = new string?[] { null, null },
            ["safety_checker"] = new string?[] { null, null },
            ["scheduler"] = Part("diffusers", "DDIMScheduler"),
            ["text_encoder"] = Part("transformers", "CLIPTextModel"),
            ["tokenizer"] = Part("transformers", "CLIPTokenizer"),
            ["unet"] = Part("diffusers", "UNet2DConditionModel"),
            ["vae"] = Part("diffusers", "AutoencoderKL"),
        });
        CopyPart("scheduler", Path.Combine(path, "scheduler"));
        SceneTokenizers.WriteClip(Path.Combine(path, "tokenizer"));
        CopyPart("vae", Path.Combine(path, "vae"));
        foreach (var (part, place) in Places.Where(item => Path.GetDirectoryName(item.Place) == StableDiffusion && folder.Has(item.Part)))
        {
            CopyPart(part, Path.Combine(path, Path.GetFileName(place)));
        }

        return path;
    }

    private static string[] Part(string library, string name) => [library, name];

    // Configuration and weights; checkpoints, latents and pictures stay behind.
    private void CopyPart(string part, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(folder.Of(part)).Where(static file => Path.GetFileName(file) is "config.json" or "scheduler_config.json" or "model.safetensors" or "diffusion_pytorch_model.safetensors" or "pytorch_lora_weights.safetensors"))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        }
    }

    private static void WriteJson(string path, object value) => WholeFile.Write(path, JsonSerializer.Serialize(value, Indented) + "\n");
}
