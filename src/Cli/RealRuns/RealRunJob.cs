using SimServe.Cli.Plots;
using SimServe.Cli.Reports;
using SimServe.Cli.Validation;
using SimServe.Policies;
using SimServe.Policies.Profiles;
using SimServe.Policies.Serving;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Reports.Runs;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Telemetry;

namespace SimServe.Cli.RealRuns;

/// <summary>Serves a scenario on real workers, and leaves the files that a simulated run leaves.</summary>
internal sealed class RealRunJob(ScenarioFiles files, DeviceProfile? given, IValidationProgress progress, CancellationToken cancellation, string? cacheFolder = null)
{
    // Its name in the run's folder.
    public const string StepsFile = "steps.json";

    // Threads of a shared machine are held up for some time slices now and then.
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(250);

    public RealRunOutcome Run(RunFolder folder, bool decisions, double goal, PlotFormats plots)
    {
        var scenario = files.Scenario;
        using var world = new RealWorld(files, given, cacheFolder);
        var profile = world.Prepare(progress, cancellation);
        var costs = new FittedCostModel(profile, world.Shape);
        var requests = ScenarioWorkload.Build(scenario, files.Model.Grid, files.EditMasks);
        using var written = new RunFiles(folder, new RunFilesOptions { Run = "measured", Decisions = decisions });
        var (digest, window) = (new RunDigest(DigestOf(scenario)), new SegmentWindow(Instant.Start));
        var served = progress.Show($"serving {requests.Length} requests on {scenario.Fleet.Workers} workers", report =>
        {
            using var telemetry = new RunTelemetry();
            var finished = 0;
            using var subscription = telemetry.Finished.Subscribe(_ => report((double)++finished / requests.Length));
            return world.Serve(scenario.Policies, costs, requests, new RunObservers(digest, written, window, telemetry), cancellation);
        });
        var summary = digest.Complete(served.Serving.EndedAt) with { Caches = world.CachesOf(served) };
        var facts = Facts(profile);
        written.Complete(summary, facts);
        if (served.Floor is { } floor)
        {
            folder.WriteJson(StepsFile, floor);
        }

        ReportFiles.Write(folder, RunReport.Of(summary, facts, window, goal), plots);
        folder.WriteJson("resolved-scenario.json", ValidationFiles.Resolved(scenario));
        folder.WriteJson("profile.json", ProfileFile.Of(profile, costs));
        return new RealRunOutcome(summary, facts, served.Floor, [.. served.Serving.Faults.Select(static fault => $"{fault.Device} failed at {fault.At}: {fault.Reason}")], world.CacheMessages);
    }

    // Devices count as a simulation of the scenario counts them.
    private static RunDigestOptions DigestOf(Scenario scenario) => new()
    {
        PurposefulWait = scenario.Policies.MaxWait,
        ClockSlack = Slack,
        GpusPerWorker = scenario.Fleet.DevicesPerWorker,
        GpusBeside = scenario.Fleet.ControlNets?.Devices ?? 0,
    };

    private RunFacts Facts(DeviceProfile profile) => new()
    {
        Scenario = files.Scenario.Name,
        Seed = files.Scenario.Seed,
        Events = 0,
        Tool = Simulations.SimulationJob.Tool,
        CostProvenance = $"a real run on {profile.Device.Name}, {profile.Precision}, {profile.Environment}",
        Policies = ValidationTables.Describe(files.Scenario.Policies, files.Scenario.Cache),
    };
}
