using System.CommandLine;
using SimServe.Cli.Terminals;
using SimServe.Cli.Training;
using SimServe.GpuBackend.Training;

namespace SimServe.Cli.Commands;

/// <summary><c>simserve train</c>: trains the demo models from a recipe.</summary>
internal static class TrainCommand
{
    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var recipe = new Argument<string?>("recipe")
        {
            Description = "a folder with training.json and a config.json for each part; default: that of the demo models, or with --check a tiny one",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var output = new Option<string?>("--out")
        {
            Description = "where scenes, checkpoints, finished parts and the model go; a training that was stopped goes on from there",
        };
        var parts = new Option<string[]>("--part") { Description = $"only these parts: {string.Join(", ", DemoTraining.AllParts)}", AllowMultipleArgumentsPerToken = true };
        parts.AcceptOnlyFromAmong([.. DemoTraining.AllParts]);
        var use = new Option<string?>("--use") { Description = "a folder of models, e.g. models: parts that it has are taken from there instead of trained" };
        var start = new Option<string?>("--start") { Description = "a folder of models, e.g. models: transformer and U-Net go on from its weights instead of beginning anew" };
        var check = new Option<bool>("--check") { Description = "train a tiny version and fail unless every part reaches the goal that its recipe states" };
        var device = new Option<string>("--device") { Description = "cpu, cuda or cuda:N", DefaultValueFactory = static _ => "cpu" };
        var threads = new Option<int?>("--threads") { Description = "processor threads; default: one for each core, with --check one. Other numbers of threads round differently" };
        var command = new Command("train", "Trains the demo models: paints scenes, learns from them, writes a model folder and measures it.") { recipe, output, parts, use, start, check, device, threads };
        command.SetAction(parsed => new TrainJob(terminal, cancellation).Run(new TrainRequest(
            parsed.GetValue(recipe), parsed.GetValue(output), parsed.GetValue(parts) ?? [], parsed.GetValue(use), parsed.GetValue(start), parsed.GetValue(check), parsed.GetRequiredValue(device), parsed.GetValue(threads))));
        return command;
    }
}
