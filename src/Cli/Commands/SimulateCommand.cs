using System.CommandLine;
using SimServe.Cli.Reports;
using SimServe.Cli.Terminals;
using SimServe.Cli.Validation;
using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Scenarios;
using Spectre.Console;

namespace SimServe.Cli.Commands;

/// <summary><c>simserve simulate</c>: a scenario in virtual time on a profiled device; nothing is run for real.</summary>
internal static class SimulateCommand
{
    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var scenario = new Argument<string>("scenario") { Description = "the scenario file (JSON)" };
        var profile = new Option<string>("--profile") { Description = "a profile that validate wrote, or one of profiles/", Required = true };
        var output = ScenarioOptions.Output();
        var settings = ScenarioOptions.Settings();
        var command = new Command("simulate", "Simulates one scenario on a profiled device.") { scenario, profile, output, settings };
        command.SetAction(parsed => Run(
            ScenarioFiles.Read(parsed.GetRequiredValue(scenario), parsed.GetValue(settings) ?? []),
            parsed.GetRequiredValue(profile),
            parsed.GetValue(output),
            terminal,
            cancellation));
        return command;
    }

    private static int Run(ScenarioFiles files, string profileFile, string? output, Terminal terminal, CancellationToken cancellation)
    {
        if (!File.Exists(profileFile))
        {
            throw new InvalidInputException(profileFile, [new InputFault(
                "--profile", $"\"{profileFile}\", which is not there", "a profile", "Check the path, or let 'simserve validate' write one.")]);
        }

        var profile = ProfileFile.Read(profileFile);
        if (profile.Model != files.Model.Name)
        {
            throw new InvalidInputException(profileFile, [new InputFault(
                "model", $"a profile of \"{profile.Model}\"", $"a profile of \"{files.Model.Name}\", the scenario's model", "Give another profile.")]);
        }

        var scenario = files.Scenario;
        var costs = new FittedCostModel(profile, files.Model.ToShape());
        var decisions = new DecisionLog();
        var studied = Simulate(scenario.Policies, files, profile, costs, decisions, cancellation);
        var baseline = Simulate(scenario.Baseline, files, profile, costs, new DecisionLog(), cancellation);
        var folder = new RunFolder(output ?? Path.Combine("out", $"{scenario.Name}-simulated"));
        (string Name, ServingResult Result)[] runs = [("simulated", studied), ("baseline simulated", baseline)];
        Write(folder, files, runs, decisions);
        Print(terminal, files, profile, costs, runs, folder);
        return ExitCode.Done;
    }

    private static ServingResult Simulate(
        PolicyOptions policies, ScenarioFiles files, Policies.Profiles.DeviceProfile profile, FittedCostModel costs, DecisionLog decisions, CancellationToken cancellation) =>
        SimulatedRun.Of(
            new Simulation
            {
                Model = files.Model.ToShape(),
                Fleet = SimulatedFleet.Of(profile.Device, costs, files.Scenario.Fleet.Workers) with { Host = files.Scenario.Fleet.Host },
                Policies = policies,
                WarmTemplates = files.Scenario.Fleet.WarmTemplates,
                Faults = files.Scenario.Faults,
            },
            files.Scenario,
            files,
            decisions,
            cancellation);

    private static void Write(RunFolder folder, ScenarioFiles files, (string Name, ServingResult Result)[] runs, DecisionLog decisions)
    {
        folder.WriteJson("resolved-scenario.json", ValidationFiles.Resolved(files.Scenario));
        folder.WriteRequests("requests.parquet", runs);
        folder.WriteJson("trace.json", ChromeTrace.Of(runs));
        folder.WriteJsonLines("decisions.jsonl", ValidationFiles.Decisions("simulated", decisions));
        folder.WriteJson(ValidationFiles.Summary, new { Schema = 1, Scenario = files.Scenario.Name, Policies = RunMetrics.Of(runs[0].Result), Baseline = RunMetrics.Of(runs[1].Result) });
    }

    private static void Print(
        Terminal terminal,
        ScenarioFiles files,
        Policies.Profiles.DeviceProfile profile,
        FittedCostModel costs,
        (string Name, ServingResult Result)[] runs,
        RunFolder folder)
    {
        var scenario = files.Scenario;
        var table = new Table { Border = TableBorder.Rounded }.AddColumn("metric").AddColumn("unit");
        table.AddColumn(new TableColumn(Markup.Escape(scenario.Policies.Pipeline)).RightAligned());
        table.AddColumn(new TableColumn(Markup.Escape($"baseline: {scenario.Baseline.Pipeline}")).RightAligned());
        foreach (var row in MetricRow.Of(RunMetrics.Of(runs[0].Result), RunMetrics.Of(runs[1].Result)))
        {
            table.AddRow(row.Metric, row.Unit, ValidationTables.Number(row.Simulated), ValidationTables.Number(row.Measured));
        }

        terminal.Say($"{scenario.Name}: {runs[0].Result.Records.Count} requests on {scenario.Fleet.Workers} workers; {ValidationTables.Describe(scenario.Policies)}");
        terminal.Say($"profile: {profile.Model} on {profile.Device.Name}, {profile.Provenance.ToString().ToLowerInvariant()}, {profile.Environment}");
        terminal.Output.Write(table);
        ValidationTables.PrintExtrapolation(terminal, costs);
        ValidationTables.PrintFailures(terminal, runs);
        ValidationTables.PrintFiles(terminal, folder);
    }
}
