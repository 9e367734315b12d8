using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.StableDiffusion3;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Golden.Runners;

/// <summary>Transformers of Stable Diffusion 3 and 3.5.</summary>
internal sealed class Sd3Runner : IGoldenRunner
{
    public IReadOnlyCollection<string> Kinds => ["sd3_transformer"];

    public void Run(GoldenRun run, GoldenChecks checks)
    {
        var golden = run.Case.Model("model");
        using var model = new SD3Transformer2DModel(
            SD3TransformerConfig.Read(ConfigFile.Open(golden.ConfigFile)), WeightStore.Open(golden.WeightsFile, ScalarType.Float32, GoldenDevice.Current));
        var table = model.Weights.All["pos_embed.pos_embed"].Original.numel();
        checks.Same("trained parameters", model.Weights.ParameterCount - table, golden.Parameters!.Value);
        checks.Watch(model.Weights.Hooks);
        var sample = model.Forward(new SD3TransformerInput
        {
            HiddenStates = run.Input("hidden_states"),
            EncoderHiddenStates = run.Input("encoder_hidden_states"),
            PooledProjections = run.Input("pooled_projections"),
            Timestep = run.Input("timestep"),
        });
        checks.Close("sample", sample, run.Output("sample"));
    }
}
