using System.Reflection;
using SimServe.Cli.Validation;
using SimServe.GpuBackend.Images;
using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Scenarios;

namespace SimServe.Cli.Reports;

/// <summary>The files that <c>validate</c> leaves behind.</summary>
internal static class ValidationFiles
{
    public const string Summary = "summary.json";

    private const int SummarySchema = 1;

    public static void Write(RunFolder folder, ValidationOutcome result)
    {
        folder.WriteJson("resolved-scenario.json", Resolved(result.Files.Scenario));
        folder.WriteJson("profile.json", ProfileFile.Of(result.Profile, result.Costs));
        folder.WriteRequests("requests.parquet", result.Runs);
        folder.WriteJson("trace.json", ChromeTrace.Of(result.Runs));
        folder.WriteJsonLines("decisions.jsonl",
            [.. Decisions("simulated", result.Studied.SimulatedDecisions), .. Decisions("measured", result.Studied.MeasuredDecisions)]);
        folder.Write("latency.png", path => LatencyPlot.Save(result, path));
        folder.Write("edits.png", path => EditsPicture.Save(result, path));
        WriteImages(folder, result);
        folder.WriteJson(Summary, SummaryOf(result));
    }

    // Paths of this machine stay out of files that people pass on.
    public static Scenario Resolved(Scenario scenario) => scenario with
    {
        Templates = [.. scenario.Templates.Select(static template => template with { Image = Path.GetFileName(template.Image) })],
        Edits = [.. scenario.Edits.Select(static edit => edit with { Mask = Path.GetFileName(edit.Mask) })],
        Workload = scenario.Workload with { Trace = scenario.Workload.Trace is { } trace ? trace with { File = Path.GetFileName(trace.File) } : null },
    };

    public static IEnumerable<object> Decisions(string world, DecisionLog log) =>
    [
        .. log.Routing.Select(decision => (object)new
        {
            World = world,
            Kind = "routing",
            decision.At,
            Request = decision.Request.Id.Value,
            Worker = decision.Worker.Value,
            Seen = decision.Seen.Select(static worker => new
            {
                Worker = worker.Id.Value,
                worker.Running,
                Requests = worker.Requests.Select(static request => new[] { request.MaskedTokens, request.RemainingSteps }),
            }),
        }),
        .. log.Batching.Select(decision => (object)new
        {
            World = world,
            Kind = "batching",
            decision.At,
            Worker = decision.Worker.Value,
            decision.Running,
            Admitted = decision.Admitted.Select(static request => request.Value),
        }),
    ];

    // Edits with drawn masks: what went in, and what came out with and without reuse.
    private static void WriteImages(RunFolder folder, ValidationOutcome result)
    {
        for (var i = 0; i < Math.Min(result.Files.EditMasks.Count, result.Requests.Count); i++)
        {
            var request = result.Requests[i];
            Save(folder, $"edit-{i}-template.png", result.TemplateOf(request).Image);
            Save(folder, $"edit-{i}-{result.StudiedName}.png", result.Studied.Images.GetValueOrDefault(request.Id));
            Save(folder, $"edit-{i}-{result.BaselineName}-baseline.png", result.Baseline.Images.GetValueOrDefault(request.Id));
        }
    }

    private static void Save(RunFolder folder, string name, RgbImage? image)
    {
        if (image is not null)
        {
            folder.Write(Path.Combine("images", name), path => PngFile.Write(path, image));
        }
    }

    private static object SummaryOf(ValidationOutcome result) => new
    {
        Schema = SummarySchema,
        Tool = $"simserve {Assembly.GetExecutingAssembly().GetName().Version}",
        Scenario = result.Files.Scenario.Name,
        result.Files.Scenario.Seed,
        Model = result.Files.Scenario.ModelName,
        Cache = result.Files.Scenario.Cache.ToString(),
        Profile = new { result.Profile.Provenance, result.Profile.Environment, result.Profile.Device },
        Torch = new { result.Torch.TorchVersion, result.Torch.Patched, result.Torch.Cuda },
        Requests = result.Requests.Count,
        Policies = PolicyNames(result.Studied.Policies),
        Baseline = PolicyNames(result.Baseline.Policies),
        Metrics = MetricRow.Of(result.Studied),
        BaselineMetrics = MetricRow.Of(result.Baseline),
        Pace = new { result.Studied.AtPace.Before, result.Studied.AtPace.After, BaselineBefore = result.Baseline.AtPace.Before, BaselineAfter = result.Baseline.AtPace.After },
        Steps = StepCheck.Of(result.Studied),
        BaselineSteps = StepCheck.Of(result.Baseline),
        Caches = result.Studied is { SimulatedCaches: null, MeasuredCaches: null } ? null : new { Simulated = result.Studied.SimulatedCaches, Measured = result.Studied.MeasuredCaches },
        Decisions = result.Agreement,
        result.Studied.Replay,
        Images = result.Difference,
        ShownEdits = result.ShownEdits.Select(static edit => new { edit.Prompt, ReuseSsim = edit.Ssim.Reuse, NaiveCropSsim = edit.Ssim.Crop, FullSeconds = edit.Full?.Seconds, ReuseSeconds = edit.Reuse?.Seconds, NaiveCropSeconds = edit.Crop?.Seconds }),
        result.Costs.Extrapolated,
        result.BeatsBaseline,
        Failures = result.Runs.SelectMany(static run =>
            run.Result.Faults.Select(fault => new { World = run.Name, fault.Device, fault.Reason, fault.At })),
    };

    private static object PolicyNames(PolicyOptions policies) =>
        new { policies.Batching, policies.MaxBatchSize, policies.MaxWait, policies.Pipeline, policies.Routing };
}
