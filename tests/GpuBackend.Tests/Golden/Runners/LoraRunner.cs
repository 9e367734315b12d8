using System.Text.Json;
using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.AddOns;
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
        using var prepared = Prepare(run, set);
        set.Use(prepared);
        var with = Outputs();
        foreach (var (name, got) in with)
        {
            checks.Close(name, got, run.Output(name));
        }

        set.Use(null);
        foreach (var (name, got) in Outputs())
        {
            checks.Equal($"{name}, adapters removed", got, before[name]);
        }

        foreach (var part in Enum.GetValues<ModelPart>())
        {
            set.Use(part, prepared);
        }

        foreach (var (name, got) in Outputs())
        {
            checks.Equal($"{name}, used again model by model", got, with[name]);
        }
    }

    private static PreparedAdapters Prepare(GoldenRun run, AdapterSet set)
    {
        LoraSource[] sources = [.. run.Json.GetProperty("adapters").EnumerateArray().Select(json => SourceOf(run, json))];
        using var library = new LoraLibrary(sources, new LoraLibraryOptions { HostBytes = 1 << 30 });
        int[] all = [.. Enumerable.Range(0, sources.Length)];
        // The second load comes from memory.
        library.Load(set, all).Dispose();
        return library.Load(set, all);
    }

    private static LoraSource SourceOf(GoldenRun run, JsonElement json) =>
        new(Path.Combine(run.Case.Folder, json.GetProperty("file").GetString()!), json.GetProperty("scale").GetDouble());

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
