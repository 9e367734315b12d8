using SimServe.GpuBackend.Tests.Golden;
using SimServe.GpuBackend.Tests.ModelFiles;

namespace SimServe.GpuBackend.Tests.AddOns;

/// <summary>Pipelines of the very models that the golden cases' LoRAs and ControlNets are for.</summary>
internal static class GoldenAddOnModel
{
    /// <summary>Puts a pipeline's folder together.</summary>
    /// <param name="files">Where.</param>
    /// <param name="family"><c>sd15</c> or <c>sdxl</c>.</param>
    /// <returns>The folder.</returns>
    public static string Assemble(TemporaryFolder files, string family)
    {
        var isXl = family == "sdxl";
        var folder = Directory.CreateDirectory(files.At($"model-{family}")).FullName;
        Copy(Path.Combine(GoldenFolder.Location, isXl ? "pipeline_sdxl" : "pipeline_sd"), folder);
        (string Part, string Golden)[] parts = isXl
            ? [("unet", "unet_sdxl"), ("text_encoder", "clip_xl1"), ("text_encoder_2", "clip_xl2")]
            : [("unet", "unet_sd15"), ("text_encoder", "clip_sd15")];
        foreach (var (part, golden) in parts)
        {
            Directory.Delete(Path.Combine(folder, part), recursive: true);
            Put(golden, Path.Combine(folder, part), part == "unet" ? "diffusion_pytorch_model.safetensors" : "model.safetensors");
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
