using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.DiT;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Golden.Runners;

/// <summary>Class-conditional diffusion transformers.</summary>
internal sealed class DiTRunner : IGoldenRunner
{
    public IReadOnlyCollection<string> Kinds => ["dit_transformer"];

    public void Run(GoldenRun run, GoldenChecks checks)
    {
        var golden = run.Case.Model("model");
        using var model = new DiTTransformer2DModel(
            DiTTransformerConfig.Read(ConfigFile.Open(golden.ConfigFile)), WeightStore.Open(golden.WeightsFile, ScalarType.Float32, GoldenDevice.Current));
        checks.Same("parameters", model.Weights.ParameterCount, golden.Parameters!.Value);
        checks.Watch(model.Weights.Hooks);
        var sample = model.Forward(new DiTTransformerInput
        {
            HiddenStates = run.Input("hidden_states"),
            Timestep = run.Input("timestep"),
            ClassLabels = run.Input("class_labels"),
        });
        checks.Close("sample", sample, run.Output("sample"));
    }
}
