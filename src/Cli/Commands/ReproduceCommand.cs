using System.CommandLine;
using SimServe.Cli.Reproductions;
using SimServe.Cli.Terminals;
using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Commands;

/// <summary><c>simserve reproduce</c>: a paper's experiment, number by number: target, ours, ratio.</summary>
internal static class ReproduceCommand
{
    private const int DefaultReplications = 20;
    private const string DefaultFolder = "experiments";

    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var name = new Argument<string>("name") { Description = $"{string.Join(", ", ExperimentCatalogue.All.Select(static experiment => experiment.Id))} or {ExperimentCatalogue.Everything}" };
        name.AcceptOnlyFromAmong([.. ExperimentCatalogue.All.Select(static experiment => experiment.Id), ExperimentCatalogue.Everything]);
        var folder = new Option<string>("--experiments") { Description = "folder of the experiments' folders", DefaultValueFactory = static _ => DefaultFolder };
        var replications = new Option<int>("--replications") { Description = "runs with different seeds behind every simulated number", DefaultValueFactory = static _ => DefaultReplications };
        var device = new Option<string>("--device") { Description = "simulator, or cpu to measure our own models on this machine too", DefaultValueFactory = static _ => "simulator" };
        device.AcceptOnlyFromAmong("simulator", "cpu");
        var common = new CommonOptions();
        var command = new Command("reproduce", "Computes a paper's numbers anew and holds them against the paper's.")
        {
            name, folder, replications, device, common.Parallel, common.Format, common.Output,
        };
        command.SetAction(parsed =>
        {
            var request = new ReproductionRequest
            {
                Experiments = parsed.GetValue(folder)!,
                Replications = parsed.GetValue(replications),
                Threads = parsed.GetValue(common.Parallel),
                Measures = parsed.GetValue(device) == "cpu",
            };
            request.Faults().ThrowIfAny("reproduce");
            return Run(parsed.GetRequiredValue(name), request, parsed.GetValue(common.Output), common.IsJson(parsed), terminal, cancellation);
        });
        return command;
    }

    private static int Run(string name, ReproductionRequest request, string? output, bool json, Terminal terminal, CancellationToken cancellation)
    {
        var experiments = ExperimentCatalogue.Find(name);
        var (job, results) = (new ReproductionJob(request, terminal, cancellation), new List<ReproductionResult>());
        foreach (var experiment in experiments)
        {
            // One experiment's files lie in the folder itself, those of several in folders of their names.
            var place = output is null ? Path.Combine("out", experiment.Id) : experiments.Count == 1 ? output : Path.Combine(output, experiment.Id);
            results.Add(job.Run(experiment, place));
            if (!json)
            {
                ReproductionTable.Print(terminal, results[^1], place);
            }
        }

        if (json)
        {
            terminal.Say(name == ExperimentCatalogue.Everything ? ReproductionDocument.Serialise(results) : ReproductionDocument.Serialise(results[0]));
        }

        return results.TrueForAll(static result => result.IsReproduced) ? ExitCode.Done : ExitCode.GoalNotMet;
    }
}
