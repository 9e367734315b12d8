using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Golden.Runners;

internal sealed class FluxRunner : IGoldenRunner
{
    public IReadOnlyCollection<string> Kinds => ["flux_transformer"];

    public void Run(GoldenRun run, GoldenChecks checks)
    {
        var golden = run.Case.Model("model");
        var config = FluxTransformerConfig.Read(ConfigFile.Open(golden.ConfigFile));
        using var model = new FluxTransformer2DModel(config, WeightStore.Open(golden.WeightsFile, ScalarType.Float32, GoldenDevice.Current));
        checks.Same("parameters", model.Weights.ParameterCount, golden.Parameters!.Value);
        checks.Watch(model.Weights.Hooks);
        checks.Close("sample", model.Forward(Input(run)), run.Output("sample"));
    }

    public static FluxInput Input(GoldenRun run) => new()
    {
        HiddenStates = run.Input("hidden_states"),
        EncoderHiddenStates = run.Input("encoder_hidden_states"),
        PooledProjections = run.Input("pooled_projections"),
        Timestep = run.Input("timestep"),
        Guidance = run.HasInput("guidance") ? run.Input("guidance") : null,
        ImageIds = run.Input("img_ids"),
        TextIds = run.Input("txt_ids"),
    };
}
