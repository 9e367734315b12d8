using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.Autoencoders;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Golden.Runners;

/// <summary>Encoder and decoder, with today's and the oldest names of the attention's weights.</summary>
internal sealed class AutoencoderRunner : IGoldenRunner
{
    private const string OldNames = "old_attention_names.safetensors";

    public IReadOnlyCollection<string> Kinds => ["vae"];

    public void Run(GoldenRun run, GoldenChecks checks)
    {
        var files = run.Case.Model("model");
        using (var model = Load(files, files.WeightsFile))
        {
            checks.Same("parameters", model.Weights.ParameterCount, files.Parameters ?? -1);
            checks.Watch(model.Weights.Hooks);
            Compare(run, checks, model, string.Empty);
        }

        if (run.Case.Json.TryGetProperty("files", out var more) && more.TryGetProperty(OldNames, out _))
        {
            CompareWithOldNames(run, checks, files);
        }
    }

    private static void Compare(GoldenRun run, GoldenChecks checks, AutoencoderKL model, string suffix)
    {
        foreach (var name in run.Outputs)
        {
            checks.Close(name + suffix, Output(run, model, name), run.Output(name));
        }
    }

    private static Tensor Output(GoldenRun run, AutoencoderKL model, string name)
    {
        if (name == "image")
        {
            return model.Decode(run.Input("latent"));
        }

        var (mean, logVariance) = model.Encode(run.Input("image"));
        return name switch
        {
            "mean" => mean,
            "logvar" => logVariance,
            "latent" => mean + ((logVariance / 2).exp() * run.Input("noise")),
            _ => throw new InvalidOperationException($"The reference has an output '{name}' that this runner does not know."),
        };
    }

    private static void CompareWithOldNames(GoldenRun run, GoldenChecks checks, GoldenModel files)
    {
        var path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{Guid.NewGuid():N}.safetensors");
        try
        {
            using (var today = SafetensorsFile.Open(files.WeightsFile))
            using (var old = SafetensorsFile.Open(Path.Combine(run.Case.Folder, OldNames)))
            {
                var kept = today.Tensors.Keys.Where(static name => !name.Contains("mid_block.attentions", StringComparison.Ordinal)).ToDictionary(static name => name, today.Read);
                SafetensorsWriter.Write(path, kept.Concat(old.Tensors.Keys.Select(name => KeyValuePair.Create(name, old.Read(name)))).ToDictionary());
            }

            using var model = Load(files, path);
            Compare(run, checks, model, ", old names");
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static AutoencoderKL Load(GoldenModel files, string weights) =>
        new(AutoencoderConfig.Read(ConfigFile.Open(files.ConfigFile)), WeightStore.Open(weights, ScalarType.Float32, GoldenDevice.Current));
}
