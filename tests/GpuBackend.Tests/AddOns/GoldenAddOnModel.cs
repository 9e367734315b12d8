using System.Text.Json.Nodes;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Tests.Golden;
using SimServe.GpuBackend.Tests.ModelFiles;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.AddOns;

/// <summary>Pipelines of the very models that the golden cases' LoRAs and ControlNets are for.</summary>
internal static class GoldenAddOnModel
{
    /// <summary>Puts a pipeline's folder together.</summary>
    /// <param name="files">Where.</param>
    /// <param name="family"><c>sd15</c>, <c>sdxl</c> or <c>flux</c>.</param>
    /// <returns>The folder.</returns>
    public static string Assemble(TemporaryFolder files, string family)
    {
        var folder = Directory.CreateDirectory(files.At($"model-{family}")).FullName;
        var (pipeline, parts) = Parts(family);
        Copy(Path.Combine(GoldenFolder.Location, pipeline), folder);
        foreach (var (part, golden) in parts)
        {
            Directory.Delete(Path.Combine(folder, part), recursive: true);
            Put(golden, Path.Combine(folder, part), part is "unet" or "transformer" ? "diffusion_pytorch_model.safetensors" : "model.safetensors");
        }

        if (family == "flux")
        {
            // As it can be served: with noise levels that are the same for all, and without guidance as an input, which the golden LoRAs do not change.
            Change(Path.Combine(folder, "scheduler", "scheduler_config.json"), "use_dynamic_shifting", false);
            Change(Path.Combine(folder, "transformer", "config.json"), "guidance_embeds", false);
            Remove(Path.Combine(folder, "transformer", "diffusion_pytorch_model.safetensors"), "guidance_embedder");
        }

        return folder;
    }

    /// <summary>A golden ControlNet as diffusers saves it.</summary>
    public static string ControlNet(TemporaryFolder files, string golden)
    {
        var folder = files.At(golden);
        Put(golden, folder, "diffusion_pytorch_model.safetensors");
        return folder;
    }

    /// <summary>The golden LoRAs of a family.</summary>
    public static string[] Loras(string family) => [.. Directory.GetFiles(Path.Combine(GoldenFolder.Location, $"lora_{family}"), "?*.*.safetensors").Order(StringComparer.Ordinal)];

    private static (string Pipeline, (string Part, string Golden)[] Parts) Parts(string family) => family switch
    {
        "sd15" => ("pipeline_sd", [("unet", "unet_sd15"), ("text_encoder", "clip_sd15")]),
        "sdxl" => ("pipeline_sdxl", [("unet", "unet_sdxl"), ("text_encoder", "clip_xl1"), ("text_encoder_2", "clip_xl2")]),
        "flux" => ("pipeline_flux", [("transformer", "flux_dev")]),
        _ => throw new ArgumentOutOfRangeException(nameof(family), family, "There are golden LoRAs of sd15, sdxl and flux."),
    };

    private static void Change(string path, string key, bool value)
    {
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        config[key] = value;

        // The copy of a file that may only be read may only be read.
        File.Delete(path);
        File.WriteAllText(path, config.ToJsonString());
    }

    private static void Remove(string weights, string part)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> kept;
        using (var file = SafetensorsFile.Open(weights))
        {
            kept = file.Tensors.Keys.Where(name => !name.Contains(part, StringComparison.Ordinal)).ToDictionary(static name => name, name => file.Read(name).clone());
        }

        File.Delete(weights);
        SafetensorsWriter.Write(weights, kept);
    }

    private static void Put(string golden, string folder, string weights)
    {
        Directory.CreateDirectory(folder);
        File.Copy(Path.Combine(GoldenFolder.Location, golden, "config.json"), Path.Combine(folder, "config.json"));
        File.Copy(Path.Combine(GoldenFolder.Location, golden, "model.safetensors"), Path.Combine(folder, weights));
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
