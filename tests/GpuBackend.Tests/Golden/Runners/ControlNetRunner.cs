using SimServe.GpuBackend.Models.UNets;

namespace SimServe.GpuBackend.Tests.Golden.Runners;

internal sealed class ControlNetRunner : IGoldenRunner
{
    public IReadOnlyCollection<string> Kinds { get; } = ["controlnet", "controlnet_multi"];

    public void Run(GoldenRun run, GoldenChecks checks)
    {
        var input = GoldenUNets.Input(run);
        if (run.Case.Kind == "controlnet")
        {
            using var residuals = Net(run, checks, input, number: null);
            GoldenUNets.Check(run, checks, input, residuals);
            return;
        }

        using var first = Net(run, checks, input, number: 1);
        using var second = Net(run, checks, input, number: 2);
        using var sum = ControlResiduals.Sum([first, second]);
        GoldenUNets.Check(run, checks, input, sum);
    }

    private static ControlResiduals Net(GoldenRun run, GoldenChecks checks, UNetInput input, int? number)
    {
        var ending = number is null ? string.Empty : $"_{number}";
        var scalars = run.Json.GetProperty("scalars");
        using var model = GoldenUNets.OpenControlNet(run, run.Case.Model("controlnet" + ending), checks);
        checks.Watch(model.Weights.Hooks, "cns.0.");
        using var conditioning = model.EmbedCondition(run.Input("controlnet_cond" + ending));
        var guessMode = scalars.TryGetProperty("guess_mode", out var guess) && guess.GetBoolean();
        return model.Forward(input, conditioning, scalars.GetProperty("conditioning_scale" + ending).GetDouble(), guessMode);
    }
}
