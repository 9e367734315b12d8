using System.Reflection;
using SimServe.Cli.Comparison;
using SimServe.Policies;
using SimServe.Simulator;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Sweeps;

namespace SimServe.Cli.Sweeps;

/// <summary>Reads a sweep with all its faults: the file's, and those of the scenario at every point.</summary>
internal static class SweepPlanReader
{
    public static SweepPlan Read(SweepRequest request)
    {
        var faults = new List<InputFault>();
        var file = SweepReader.Read(request.File, faults);
        CheckOptions(request, file, faults);
        faults.ThrowIfAny(request.File);
        var points = file.Points();
        var simulations = points.Select(point => faults.Try(() => PointSimulation.Read(file.Scenario, [.. request.Settings, .. file.SettingsOf(point)], file.Profile))).ToArray();
        faults.ThrowIfAny(request.File);
        return Plan(file, points, simulations!, request.Settings);
    }

    // What the tool computes by: its version for people, and the code itself, which a version may not tell apart.
    public static string Tool { get; } =
        $"simserve {typeof(SweepPlanReader).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion}";

    private static string Code { get; } = string.Join(
        ' ', new[] { typeof(SweepPlanReader), typeof(Simulation), typeof(PolicyOptions) }.Select(static type => type.Module.ModuleVersionId));

    private static SweepPlan Plan(SweepFile file, IReadOnlyList<SweepPoint> points, PointSimulation[] simulations, IReadOnlyList<string> settings)
    {
        var profile = file.Profile is { } path ? ContentHash.OfFile(path) : "";
        string[] keys = [.. points.Select(point => ContentHash.Of(Tool, Code, profile, PointScenario.Read(file.Scenario, [.. settings, .. file.SettingsOf(point)]).Hash())[..32])];
        SweepTask[] tasks = [.. points.SelectMany(point => Enumerable.Range(0, file.Replications).Select(
            replication => new SweepTask(point.Index, replication, $"{keys[point.Index]}-{replication}")))];
        return new SweepPlan(
            file,
            points,
            simulations,
            new SweepIdentity(file.Name, ContentHash.Of([.. tasks.Select(static task => task.Key)])[..32], tasks.Length),
            tasks,
            [.. Enumerable.Range(0, file.Replications).Select(replication => ComparisonJob.SeedOf(simulations[0].Seed, replication))],
            settings);
    }

    private static void CheckOptions(SweepRequest request, SweepFile file, List<InputFault> faults)
    {
        faults.CheckThreads(request.Threads);
        faults.AddRange(file.Axes
            .Where(axis => request.Settings.Any(setting => setting.Split('=')[0] == axis.Path))
            .Select(static axis => new InputFault("--set", $"\"{axis.Path}\"", "a path that the sweep does not vary", "Change the sweep's file instead.")));
    }
}
