namespace SimServe.GpuBackend.Tests.Golden.Runners;

internal sealed class UNetRunner : IGoldenRunner
{
    public IReadOnlyCollection<string> Kinds { get; } = ["unet"];

    public void Run(GoldenRun run, GoldenChecks checks)
    {
        using var model = GoldenUNets.OpenUNet(run, run.Case.Model("model"), checks);
        checks.Watch(model.Weights.Hooks);
        using var sample = model.Forward(GoldenUNets.Input(run));
        checks.Close("sample", sample, run.Output("sample"));
    }
}
