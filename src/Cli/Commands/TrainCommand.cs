using System.CommandLine;
using SimServe.Cli.Terminals;
using SimServe.Cli.Training;

namespace SimServe.Cli.Commands;

/// <summary><c>simserve train</c>: trains the demo models from a recipe.</summary>
internal static class TrainCommand
{
    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var recipe = new Argument<DirectoryInfo>("recipe") { Description = "a folder with training.json and a config.json for each part" };
        var output = new Option<DirectoryInfo>("--out") { Description = "where scenes, checkpoints and finished parts go; a training that was stopped goes on from there", Required = true };
        var parts = new Option<string[]>("--part") { Description = "parts to train, of those the recipe has; default: all", AllowMultipleArgumentsPerToken = true };
        var threads = new Option<int?>("--threads") { Description = "processor threads; default: one for each core" };
        var command = new Command("train", "Trains the demo models: scenes are painted, learned from, and judged.") { recipe, output, parts, threads };
        command.SetAction(parsed => new TrainJob(terminal, cancellation).Run(
            parsed.GetRequiredValue(recipe).FullName, parsed.GetRequiredValue(output).FullName, parsed.GetValue(parts) ?? [], parsed.GetValue(threads)));
        return command;
    }
}
