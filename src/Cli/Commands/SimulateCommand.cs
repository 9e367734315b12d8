using System.CommandLine;
using SimServe.Cli.Simulations;
using SimServe.Cli.Terminals;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Reports.Runs;

namespace SimServe.Cli.Commands;

/// <summary><c>simserve simulate</c>: a scenario in virtual time; nothing is run for real.</summary>
internal static class SimulateCommand
{
    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var scenario = new Argument<string>("scenario") { Description = "the scenario file (JSON)" };
        var replications = new Option<int>("--replications") { Description = "runs with other seeds, for intervals", DefaultValueFactory = static _ => 1 };
        var warmUp = new Option<double>("--warm-up") { Description = "share of the requests, from the first on, that is not measured", DefaultValueFactory = static _ => 0 };
        var scale = new Option<double?>("--slo-scale") { Description = "latency objective of every request: so many times what it would take alone" };
        var goal = new Option<double>("--goal") { Description = "share of requests that must meet their objective", DefaultValueFactory = static _ => RunReport.DefaultGoal };
        var cutOff = new Option<double?>("--cut-off") { Description = "seconds after which the run ends, whatever is under way" };
        var noBaseline = new Option<bool>("--no-baseline") { Description = "leave the baseline's policies out" };
        var decisions = new Option<bool>("--decisions") { Description = "write every decision with what the policy saw" };
        var common = new CommonOptions();
        var command = new Command("simulate", "Simulates one scenario on a profiled device or on pools of published ones.")
        {
            scenario, common.Profile, common.Output, common.Settings, common.Seed, replications, warmUp, scale, goal, cutOff, noBaseline, decisions, common.Parallel, common.Format, common.Plots,
        };
        command.SetAction(parsed =>
        {
            var file = parsed.GetRequiredValue(scenario);
            var request = new SimulationRequest
            {
                Replications = parsed.GetValue(replications),
                WarmUp = parsed.GetValue(warmUp),
                SloScale = parsed.GetValue(scale),
                Goal = parsed.GetValue(goal),
                CutOffSeconds = parsed.GetValue(cutOff),
                Baseline = !parsed.GetValue(noBaseline),
                Decisions = parsed.GetValue(decisions),
                Threads = parsed.GetValue(common.Parallel),
                Plots = common.PlotsOf(parsed),
            };
            var faults = request.Faults();
            var simulated = faults.Try(() => SimulatedScenario.Read(file, common.SettingsWithSeed(parsed), parsed.GetValue(common.Profile)));
            faults.ThrowIfAny(file);
            return Run(simulated!, request, parsed.GetValue(common.Output), common.IsJson(parsed), terminal, cancellation);
        });
        return command;
    }

    private static int Run(SimulatedScenario scenario, SimulationRequest request, string? output, bool json, Terminal terminal, CancellationToken cancellation)
    {
        var folder = new RunFolder(output ?? Path.Combine("out", $"{scenario.Scenario.Name}-simulated"));
        SimulationOutcome outcome;
        try
        {
            outcome = new SimulationJob(scenario, request, terminal, cancellation).Run(folder);
        }
        catch
        {
            folder.DeleteIfEmpty();
            throw;
        }

        if (json)
        {
            terminal.Say(SummaryFile.Serialise(outcome.Run, outcome.Facts, outcome.Replications).TrimEnd());
        }
        else
        {
            SimulationTable.Print(terminal, scenario, outcome, folder);
        }

        return Verdict(outcome, request.Goal);
    }

    // An unsound run, or one that is known to miss its goal, did not reach it.
    private static int Verdict(SimulationOutcome outcome, double goal)
    {
        var missed = outcome.Replications?["slo_attainment"] is { Mean: { } mean } attainment
            ? mean + (attainment.HalfWidth95 ?? 0) < goal
            : outcome.Run.Rates.SloAttainmentHigh < goal;
        return missed || !(outcome.Replications?.Verdict ?? outcome.Run.Verdict).IsSound ? ExitCode.GoalNotMet : ExitCode.Done;
    }
}
