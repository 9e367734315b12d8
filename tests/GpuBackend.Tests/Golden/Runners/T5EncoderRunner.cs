using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.TextEncoders;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Golden.Runners;

internal sealed class T5EncoderRunner : IGoldenRunner
{
    public IReadOnlyCollection<string> Kinds => ["text_encoder_t5"];

    public void Run(GoldenRun run, GoldenChecks checks)
    {
        var golden = run.Case.Model("model");
        using var model = new T5EncoderModel(
            T5EncoderConfig.Read(ConfigFile.Open(golden.ConfigFile)), WeightStore.Open(golden.WeightsFile, ScalarType.Float32, GoldenDevice.Current));
        checks.Same("parameters", model.Weights.ParameterCount, golden.Parameters!.Value);
        checks.Watch(model.Weights.Hooks);
        var output = model.Forward(run.Input("input_ids"), run.HasInput("attention_mask") ? run.Input("attention_mask") : null, keepHiddenStates: true);
        foreach (var name in run.Outputs)
        {
            checks.Close(name, Part(output, name), run.Output(name));
        }
    }

    private static Tensor Part(T5EncoderOutput output, string name) => name switch
    {
        "last_hidden_state" => output.LastHiddenState,
        _ when name.StartsWith("hidden_states.", StringComparison.Ordinal) => output.HiddenStates[int.Parse(name["hidden_states.".Length..])],
        _ => throw new InvalidOperationException($"T5 has no output '{name}'."),
    };
}
