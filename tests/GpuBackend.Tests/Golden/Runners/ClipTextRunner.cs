using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.TextEncoders;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Golden.Runners;

internal sealed class ClipTextRunner : IGoldenRunner
{
    public IReadOnlyCollection<string> Kinds => ["text_encoder_clip"];

    public void Run(GoldenRun run, GoldenChecks checks)
    {
        var golden = run.Case.Model("model");
        using var model = new ClipTextModel(
            ClipTextConfig.Read(ConfigFile.Open(golden.ConfigFile)), WeightStore.Open(golden.WeightsFile, ScalarType.Float32, GoldenDevice.Current));
        checks.Same("parameters", model.Weights.ParameterCount, golden.Parameters!.Value);
        checks.Watch(model.Weights.Hooks);
        var output = model.Forward(run.Input("input_ids"), run.HasInput("attention_mask") ? run.Input("attention_mask") : null);
        foreach (var name in run.Outputs)
        {
            checks.Close(name, Part(model, output, name), run.Output(name));
        }
    }

    private static Tensor Part(ClipTextModel model, ClipTextOutput output, string name) => name switch
    {
        "last_hidden_state" => output.LastHiddenState,
        "penultimate" => output.FromEnd(1),
        "penultimate_normed" => model.FinalNorm(output.FromEnd(1)),
        "pooler_output" => output.Pooled,
        "text_embeds" => output.TextEmbeds!,
        _ when name.StartsWith("hidden_states.", StringComparison.Ordinal) => output.HiddenStates[int.Parse(name["hidden_states.".Length..])],
        _ => throw new InvalidOperationException($"CLIP has no output '{name}'."),
    };
}
