using SimServe.Cli.Terminals;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Suites;

namespace SimServe.Cli.Validation.Suites;

/// <summary>What <c>validate</c> does with a suite.</summary>
internal static class SuiteRun
{
    public static int Run(
        string file, ServingChoice serving, IReadOnlyList<string> settings, string? profile, string? output, bool json, Terminal terminal, CancellationToken cancellation)
    {
        var files = SuiteFiles.Read(file, settings).On(serving);
        var given = profile is null ? null : GivenProfile.Read(profile, files.Base, file);
        var folder = new RunFolder(output ?? Path.Combine("out", files.Suite.Name));
        SuiteResults results;
        try
        {
            (results, var measured, var costs) = new SuiteJob(files, given, new ConsoleProgress(terminal.Error), cancellation).Run();
            SuiteReport.Write(folder, results, measured, costs);
        }
        catch
        {
            folder.DeleteIfEmpty();
            throw;
        }

        if (given is not null && ProfileFaults.Warning(given, serving) is { } warning)
        {
            terminal.Complain(warning);
        }

        if (json)
        {
            terminal.Say(File.ReadAllText(Path.Combine(folder.Location, SuiteReport.Results)).TrimEnd());
        }
        else
        {
            SuiteReport.Print(terminal, results);
            terminal.Say($"written     {folder.Location}{Path.DirectorySeparatorChar}: {string.Join(", ", folder.Written)}");
        }

        return results.Misses().Any() ? ExitCode.GoalNotMet : ExitCode.Done;
    }

    // Runs the cases that have no results yet, and adds theirs.
    public static int AddTo(
        string folder, string file, ServingChoice serving, IReadOnlyList<string> settings, string? output, Terminal terminal, CancellationToken cancellation)
    {
        RejectScenario(file, "--add-to");
        var files = SuiteFiles.Read(file, settings).On(serving);
        var (earlier, profile) = SuiteDrift.Read(folder, "--add-to");
        if (earlier.Environment != files.Base.Serving.Environment)
        {
            throw new InvalidInputException(file, [new InputFault("--add-to", $"results of {earlier.Environment}", $"results of this machine, {files.Base.Serving.Environment}", "Run the whole suite here.")]);
        }

        var given = GivenProfile.Read(Path.Combine(folder, SuiteReport.Profile), files.Base, file);
        var (results, _, costs) = new SuiteJob(files, given, new ConsoleProgress(terminal.Error), cancellation, earlier).Run();
        SuiteReport.Write(new RunFolder(output ?? folder), results, profile, costs);
        SuiteReport.Print(terminal, results);
        return results.Misses().Any() ? ExitCode.GoalNotMet : ExitCode.Done;
    }

    public static int Check(string file, IReadOnlyList<string> settings, string results, Terminal terminal)
    {
        RejectScenario(file, "--check");
        var drift = SuiteDrift.Of(SuiteFiles.Read(file, settings), results);
        foreach (var line in drift)
        {
            terminal.Say($"drift       {line}");
        }

        terminal.Say(drift.Count == 0 ? "verdict     every prediction is what it was" : $"verdict     {drift.Count} predictions are not what they were: run the suite again where that is meant to be");
        return drift.Count == 0 ? ExitCode.Done : ExitCode.GoalNotMet;
    }

    private static void RejectScenario(string file, string option)
    {
        if (!SuiteReader.IsSuite(file))
        {
            throw new InvalidInputException(file, [new InputFault(option, "a scenario", "a suite, which has cases", "Name the suite that the results are of.")]);
        }
    }
}
