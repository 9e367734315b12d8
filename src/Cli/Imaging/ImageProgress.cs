using SimServe.Cli.Terminals;
using SimServe.GpuBackend.Pipelines;
using static TorchSharp.torch;

namespace SimServe.Cli.Imaging;

/// <summary>Shows a pipeline's steps as a bar and keeps its warnings until the bar is gone.</summary>
internal sealed class ImageProgress(Action<double> share) : IPipelineObserver
{
    private readonly List<string> _warnings = [];

    public void Encoded(string name, Tensor value)
    {
    }

    public void Begun(IReadOnlyList<double> timesteps) => Steps = timesteps.Count;

    public void Stepped(int done, int steps, Tensor latents) => share((double)done / steps);

    public void Warned(string warning) => _warnings.Add(warning);

    /// <summary>Steps that were taken.</summary>
    public int Steps { get; private set; }

    public void PrintWarnings(Terminal terminal) => _warnings.ForEach(warning => terminal.Complain($"Warning: {warning}"));
}
