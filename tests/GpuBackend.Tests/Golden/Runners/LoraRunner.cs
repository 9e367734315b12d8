using System.Text.Json;
using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Models.TextEncoders;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Golden.Runners;

/// <summary>Models before, with and after their adapters.</summary>
internal sealed class LoraRunner : IGoldenRunner
{
    public IReadOnlyCollection<string> Kinds => ["lora"];

    public void Run(GoldenRun run, GoldenChecks checks)
    {
        var models = run.Case.Json.GetProperty("models").EnumerateArray().Select(static json => new GoldenModel(json)).ToDictionary(static model => model.Role);
        using var unet = models.TryGetValue("unet", out var golden) ? GoldenUNets.OpenUNet(run, golden, checks) : null;
        using var flux = models.TryGetValue("transformer", out golden) ? OpenFlux(golden) : null;
        using var first = models.TryGetValue("text_encoder", out golden) ? OpenClip(golden) : null;
        using var second = models.TryGetValue("text_encoder_2", out golden) ? OpenClip(golden) : null;
        var set = new AdapterSet((unet?.Weights ?? flux?.Weights)!, first?.Weights, second?.Weights);

        Dictionary<string, Tensor> Outputs() => run.Outputs.ToDictionary(static name => name, name => name switch
        {
            "unet_sample" => unet!.Forward(GoldenUNets.Input(run)),
            "sample" => flux!.Forward(FluxRunner.Input(run)),
            _ when name.StartsWith("text_encoder_2.", StringComparison.Ordinal) => Text(second!, run, name),
            _ => Text(first!, run, name),
        });

        var before = Outputs();
        Apply(run, set);
        foreach (var (name, got) in Outputs())
        {
            checks.Close(name, got, run.Output(name));
        }

        set.Remove();
        foreach (var (name, got) in Outputs())
        {
            checks.Equal($"{name}, adapters removed", got, before[name]);
        }
    }

    private static void Apply(GoldenRun run, AdapterSet set)
    {
        (LoraAdapter Adapter, double Scale)[] adapters = [.. run.Json.GetProperty("adapters").EnumerateArray().Select(json => Open(run, json))];
        try
        {
            set.Apply(adapters);
        }
        finally
        {
            Array.ForEach(adapters, static item => item.Adapter.Dispose());
        }
    }

    private static (LoraAdapter Adapter, double Scale) Open(GoldenRun run, JsonElement json) =>
        (LoraFile.Open(Path.Combine(run.Case.Folder, json.GetProperty("file").GetString()!)), json.GetProperty("scale").GetDouble());

    private static Tensor Text(ClipTextModel model, GoldenRun run, string name)
    {
        var output = model.Forward(run.Input("input_ids"));
        return name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..] switch
        {
            "penultimate" => output.FromEnd(1),
            "last_hidden_state" => output.LastHiddenState,
            "text_embeds" => output.TextEmbeds!,
            _ => throw new InvalidOperationException($"The reference has an output '{name}' that this runner does not know."),
        };
    }

    private static FluxTransformer2DModel OpenFlux(GoldenModel golden) =>
        new(FluxTransformerConfig.Read(ConfigFile.Open(golden.ConfigFile)), WeightStore.Open(golden.WeightsFile, ScalarType.Float32, GoldenDevice.Current));

    private static ClipTextModel OpenClip(GoldenModel golden) =>
        new(ClipTextConfig.Read(ConfigFile.Open(golden.ConfigFile)), WeightStore.Open(golden.WeightsFile, ScalarType.Float32, GoldenDevice.Current));
}
