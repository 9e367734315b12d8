using System.CommandLine;
using SimServe.Cli.Slim;
using SimServe.Cli.Terminals;
using SimServe.Simulator.Scenarios;
using SimServe.Slimming.Plans;
using SimServe.Slimming.Selection;

namespace SimServe.Cli.Commands;

/// <summary><c>simserve slim</c>: makes a pipeline's denoiser narrower.</summary>
internal static class SlimCommand
{
    private const double LeastShare = 1e-3;

    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var model = new Option<string>("--model") { Description = "folder of a pipeline in diffusers' layout: Stable Diffusion 1, 2, XL, or Flux", Required = true };
        var keep = new Option<double>("--keep") { Description = "share of the denoiser's --by that stays", DefaultValueFactory = static _ => 0.5 };
        var by = Name("--by", "what --keep is a share of", "parameters", "macs");
        var strategy = Name("--strategy", "how widths are shared out", [.. SlimRequest.Strategies]);
        var select = Name("--select", "which units stay", [.. SelectionCatalogue.Names]);
        var plan = new Option<string?>("--plan") { Description = "carry out this plan, which an earlier run has written, instead of making one" };
        var output = new Option<string?>("--out") { Description = "the folder to write; it must not exist, or be empty. Without, the plan is shown and nothing is written" };
        var recover = new Option<string?>("--recover") { Description = $"how the slim model learns again: {string.Join(", ", SlimRequest.Recoveries)}; default: distil for Stable Diffusion 1 and 2, none for others" };
        recover.AcceptOnlyFromAmong([.. SlimRequest.Recoveries]);
        var work = new Option<string?>("--work") { Description = "folder for checkpoints, from which an interrupted run goes on; it stays. Default: --out with .work behind, whose checkpoints are deleted at the end" };
        var steps = new Option<int>("--steps") { Description = "steps of learning", DefaultValueFactory = static _ => 600 };
        var batch = new Option<int>("--batch") { Description = "pictures of a step", DefaultValueFactory = static _ => 16 };
        var scenes = new Option<int>("--scenes") { Description = "painted scenes to learn from", DefaultValueFactory = static _ => 8192 };
        var rate = new Option<double>("--learning-rate") { Description = "highest learning rate", DefaultValueFactory = static _ => 0.0005 };
        var seed = new Option<int>("--seed") { Description = "seed of all that is random", DefaultValueFactory = static _ => 1 };
        var common = new CommonOptions();
        var command = new Command("slim", "Makes a denoiser narrower by PCA on its weights, teaches it again, and writes a folder that serves.")
        {
            model, keep, by, strategy, select, plan, output, recover, work, steps, batch, scenes, rate, seed, common.Format,
        };
        command.SetAction(parsed =>
        {
            var faults = new List<InputFault>();
            faults.CheckNumber(keep.Name, parsed.GetValue(keep), LeastShare, 1);
            faults.CheckWhole(steps.Name, parsed.GetValue(steps), 1, 10_000_000);
            faults.CheckWhole(batch.Name, parsed.GetValue(batch), 1, 4096);
            faults.CheckWhole(scenes.Name, parsed.GetValue(scenes), 1, 1_000_000);
            faults.CheckNumber(rate.Name, parsed.GetValue(rate), 1e-9, 1);
            faults.CheckWhole(seed.Name, parsed.GetValue(seed), 0, int.MaxValue);
            if (parsed.GetValue(output) is { } folder && Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            {
                faults.Add(new InputFault(output.Name, folder, "a folder that does not exist or is empty", "Name another, or remove what is in it."));
            }

            faults.ThrowIfAny("slim");
            return new SlimJob(
                new SlimRequest
                {
                    Model = parsed.GetRequiredValue(model),
                    Keep = parsed.GetValue(keep),
                    By = parsed.GetRequiredValue(by) == "macs" ? BudgetKind.Macs : BudgetKind.Parameters,
                    Strategy = parsed.GetRequiredValue(strategy),
                    Selection = parsed.GetRequiredValue(select),
                    Plan = parsed.GetValue(plan),
                    Output = parsed.GetValue(output),
                    Recovery = parsed.GetValue(recover),
                    Work = parsed.GetValue(work),
                    Steps = parsed.GetValue(steps),
                    Batch = parsed.GetValue(batch),
                    Scenes = parsed.GetValue(scenes),
                    LearningRate = parsed.GetValue(rate),
                    Seed = parsed.GetValue(seed),
                    AsJson = common.IsJson(parsed),
                },
                terminal,
                cancellation).Run();
        });
        return command;
    }

    private static Option<string> Name(string name, string description, params string[] names)
    {
        var option = new Option<string>(name) { Description = $"{description}: {string.Join(", ", names)}", DefaultValueFactory = _ => names[0] };
        option.AcceptOnlyFromAmong(names);
        return option;
    }
}
