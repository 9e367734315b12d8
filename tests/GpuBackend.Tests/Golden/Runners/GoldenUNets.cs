using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.ControlNets;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Golden.Runners;

/// <summary>Models and inputs that U-Net and ControlNet cases have in common.</summary>
internal static class GoldenUNets
{
    public static UNet2DConditionModel OpenUNet(GoldenRun run, GoldenModel golden, GoldenChecks checks)
    {
        var model = new UNet2DConditionModel(UNetConfig.Read(ConfigFile.Open(golden.ConfigFile)), Open(golden), run.Optimisations);
        Count(golden, model.Weights, checks);
        return model;
    }

    public static ControlNetModel OpenControlNet(GoldenRun run, GoldenModel golden, GoldenChecks checks)
    {
        var model = new ControlNetModel(ControlNetConfig.Read(ConfigFile.Open(golden.ConfigFile)), Open(golden), run.Optimisations);
        Count(golden, model.Weights, checks);
        return model;
    }

    public static UNetInput Input(GoldenRun run) => new()
    {
        Sample = run.Input("sample"),
        Timestep = run.Input("timestep"),
        Text = run.Input("encoder_hidden_states"),
        AddedCondition = run.HasInput("added_cond_kwargs.text_embeds")
            ? new AddedCondition(run.Input("added_cond_kwargs.text_embeds"), run.Input("added_cond_kwargs.time_ids"))
            : null,
    };

    /// <summary>Compares residuals with the outputs <c>down.N</c> and <c>mid</c>, and the U-Net's answer to them with <c>unet_sample</c>.</summary>
    public static void Check(GoldenRun run, GoldenChecks checks, UNetInput input, ControlResiduals residuals)
    {
        checks.Same("number of residuals", residuals.Down.Count, run.Outputs.Count(static name => name.StartsWith("down.", StringComparison.Ordinal)));
        for (var i = 0; i < residuals.Down.Count; i++)
        {
            checks.Close($"down.{i}", residuals.Down[i], run.Output($"down.{i}"));
        }

        checks.Close("mid", residuals.Mid, run.Output("mid"));
        using var unet = OpenUNet(run, run.Case.Model("unet"), checks);
        using var sample = unet.Forward(input with { Residuals = residuals });
        checks.Close("unet_sample", sample, run.Output("unet_sample"));
    }

    private static WeightStore Open(GoldenModel golden) => WeightStore.Open(golden.WeightsFile, ScalarType.Float32, GoldenDevice.Current);

    private static void Count(GoldenModel golden, WeightStore weights, GoldenChecks checks)
    {
        if (golden.Parameters is { } parameters)
        {
            checks.Same($"parameters of {golden.Role}", weights.ParameterCount, parameters);
        }
    }
}
