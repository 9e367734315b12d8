using SimServe.Cli.Terminals;
using SimServe.GpuBackend.Native;
using SimServe.GpuBackend.Training;
using static TorchSharp.torch;

namespace SimServe.Cli.Training;

/// <summary>Trains the parts of a recipe.</summary>
internal sealed class TrainJob(Terminal terminal, CancellationToken cancellation)
{
    public int Run(string recipePath, string outputPath, IReadOnlyList<string> parts, int? threads)
    {
        var recipe = TrainingRecipe.Open(recipePath);
        LibTorch.Load();
        set_num_threads(threads ?? Environment.ProcessorCount);
        var folder = new TrainingFolder(outputPath);
        using var training = new DemoTraining(recipe, folder, CPU, new TrainingProgress(terminal, folder));
        foreach (var part in DemoTraining.Parts.Where(part => parts.Count == 0 || parts.Contains(part)))
        {
            training.Train(part, cancellation);
        }

        return ExitCode.Done;
    }
}
