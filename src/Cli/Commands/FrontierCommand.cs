using System.CommandLine;
using SimServe.Cli.Frontiers;
using SimServe.Cli.Terminals;
using SimServe.Cli.Validation;
using SimServe.GpuBackend.Frontiers;
using SimServe.Simulator.Scenarios;

namespace SimServe.Cli.Commands;

/// <summary><c>simserve frontier</c>: what ways to reuse templates take, and how near they are to full inference.</summary>
internal static class FrontierCommand
{
    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var model = new Option<string>("--model") { Description = "the folder of a trained pipeline of painted scenes", DefaultValueFactory = static _ => Path.Combine("models", "demo-flux") };
        var output = new Option<string>("--out") { Description = "folder for the table, the numbers and the plots", DefaultValueFactory = static _ => Path.Combine("out", "frontier") };
        var full = new Option<bool>("--full") { Description = "more mask ratios, numbers, refresh intervals and margins; takes several times as long" };
        var edits = Number("--edits", "edits for each setting", 4);
        var steps = Number("--steps", "denoising steps", 16);
        var link = Number("--link-bytes-per-second", "bandwidth of the link that loads cached rows", 250e6);
        var seed = Number("--seed", "seed of scenes, masks, prompts and noise", 1);
        var common = new CommonOptions();
        var command = new Command("frontier", "Measures quality against speed over mask ratio, cached rows, their numbers, refresh interval and margin of the mask.")
        {
            model, output, full, edits, steps, link, seed, common.Format,
        };
        command.SetAction(parsed =>
        {
            var faults = new List<InputFault>();
            faults.CheckNumber("--edits", parsed.GetValue(edits), 1, 1000);
            faults.CheckNumber("--steps", parsed.GetValue(steps), 1, 1000);
            faults.CheckNumber("--link-bytes-per-second", parsed.GetValue(link), 1e6, 1e13);
            faults.CheckNumber("--seed", parsed.GetValue(seed), 0, int.MaxValue);
            var folder = parsed.GetRequiredValue(model);
            var config = ServableModel.Find("--model", folder, faults);
            if (config is not null && !PaintedTemplates.Fit(config))
            {
                faults.Add(new InputFault("--model", $"\"{folder}\"", "a trained model whose pictures are 64x64, the size of painted scenes", "models/demo-flux is one."));
            }

            if (config is null || faults.Count > 0)
            {
                throw new InvalidInputException("frontier", faults);
            }

            var options = new FrontierOptions
            {
                Grid = parsed.GetValue(full) ? FrontierGrid.Full : FrontierGrid.Usual,
                Edits = (int)parsed.GetValue(edits),
                Steps = (int)parsed.GetValue(steps),
                LinkBytesPerSecond = parsed.GetValue(link),
                Seed = (long)parsed.GetValue(seed),
            };
            return new FrontierJob(config, folder, options, terminal, cancellation).Run(parsed.GetRequiredValue(output), common.IsJson(parsed));
        });
        return command;
    }

    private static Option<double> Number(string name, string description, double value) => new(name) { Description = description, DefaultValueFactory = _ => value };
}
