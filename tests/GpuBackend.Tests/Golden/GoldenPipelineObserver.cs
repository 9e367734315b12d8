using SimServe.GpuBackend.Pipelines;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Golden;

/// <summary>Compares a pipeline's conditions and latents with the reference while it runs.</summary>
internal sealed class GoldenPipelineObserver(GoldenRun run, GoldenChecks checks) : IPipelineObserver
{
    private readonly HashSet<string> _compared = [];

    /// <summary>Expected outputs that were never compared.</summary>
    public IEnumerable<string> Missed => run.Outputs.Except(_compared).Where(static name => name is not "image" && !name.StartsWith("png.", StringComparison.Ordinal));

    public void Encoded(string name, Tensor value)
    {
        if (run.Outputs.Contains(name))
        {
            _compared.Add(name);
            checks.Close(name, value, run.Output(name), "embeds");
        }
    }

    public void Begun(IReadOnlyList<double> timesteps)
    {
        _compared.Add("timesteps");
        using var got = tensor(timesteps.ToArray());
        // The reference lists all of a schedule's timesteps; with a strength below 1 only the last ones are taken.
        var all = run.Output("timesteps");
        checks.Close("timesteps", got, all.narrow(0, all.shape[0] - timesteps.Count, timesteps.Count), 1e-4, 1e-6);
    }

    public void Stepped(int done, int steps, Tensor latents)
    {
        _compared.Add("latents_per_step");
        checks.Close($"latents after step {done}", latents, run.Output("latents_per_step")[done - 1], "latents");
        if (done == steps)
        {
            _compared.Add("final_latents");
            checks.Close("final latents", latents, run.Output("final_latents"), "latents");
        }
    }

    public void Warned(string warning) => checks.Same("warning", warning, string.Empty);
}
