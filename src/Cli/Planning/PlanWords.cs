using System.Globalization;
using SimServe.Policies.Scaling;
using SimServe.Simulator.Planning;

namespace SimServe.Cli.Planning;

/// <summary>What a plan's answer says in words.</summary>
internal sealed class PlanWords(PlanJob job, PlanResult result)
{
    private CapacityQuestion Question => job.Question;

    private IReadOnlyList<FleetOption> Options => job.Question.Options;

    public string Title => FormattableString.Invariant(
        $"{job.File.Name}: {job.File.Model}, {job.File.Steps} steps, {job.File.RatePerSecond:0.###} requests/s ({(job.File.Arrivals is null ? "Poisson" : "its own pattern")}), {job.File.Masks} masks, objective {job.File.Objective}{(job.File.Spares > 0 ? ", also with one worker lost" : "")}");

    public PlanLine Policies => new("policies",
        $"{Question.Policies.Batching} batching up to {Question.Policies.MaxBatchSize}, {Question.Policies.Pipeline} pipeline, {Question.Policies.Routing} routing{Further}; {Question.Workload.Requests} requests a replication, the first fifth and the last twentieth not counted");

    public PlanLine Recommendation => result.Answers.Count == 0
        ? new("infeasible", "no fleet of these devices meets the objective")
        : new("recommended", $"{Recommended(result.Answers[0])}; covered: {result.Probability!.Covers}");

    public string Verdict => result.Answers.Count == 0 ? $"Infeasible: {Recommendation.Text}." : $"{Recommended(result.Answers[0])}.";

    // What is next best, and what a little less or more does.
    public IEnumerable<PlanLine> Neighbours => [.. Scaled(), .. RunnerUp(), .. Sensitivity()];

    public IEnumerable<PlanLine> Explanations =>
    [
        .. Neighbours,
        .. result.Impossible.Select(impossible => new PlanLine("not alone", $"{Options[impossible.Option].Label}: {impossible.Reason}")),
        .. Mixes,
    ];

    public IEnumerable<PlanLine> Grounds =>
    [
        .. Options.DistinctBy(static option => option.Device.Name).Select(static option => new PlanLine("costs", $"{option.Device.Name}: {Kind(option)}, {option.Provenance.Statement}")),
        .. Options.Select(static option => new PlanLine("price", FormattableString.Invariant($"{option.Label}: ${option.UsdPerHour:0.00} an hour, {option.PriceSource}"))),
        .. Caches,
    ];

    public IEnumerable<PlanLine> Mixes => job.File.Mixes ? [new PlanLine("mixes", WhatOfMixes())] : [];

    public IEnumerable<PlanLine> Caches => Question.Policies.Pipeline == SimServe.Policies.Pipelines.FullPipeline.Name
        ? []
        : [job.File.Hosts is { } hosts ? new PlanLine("cached", OfHosts(hosts)) : new PlanLine("warm", string.Create(
            CultureInfo.InvariantCulture,
            $"every template is taken to be in host memory: {job.File.Templates} of {TemplateBytes / 1e9:0.0} GB are {job.File.Templates * TemplateBytes / 1e12:0.00} TB, on each host that serves them"))];

    private long TemplateBytes => Question.Model.TemplateCacheBytes(job.File.Steps);

    // What is not as nobody asked for it.
    private string Further
    {
        get
        {
            var (policies, defaults) = (Question.Policies, new SimServe.Policies.PolicyOptions());
            return string.Concat(
                policies.Ordering == defaults.Ordering ? "" : $", {policies.Ordering.Kind} ordering",
                policies.Admission == defaults.Admission ? "" : $", {policies.Admission.Kind} admission",
                policies.Scaling.Kind == ScalingOptions.None ? "" : $", {policies.Scaling.Kind} scaling");
        }
    }

    private string OfHosts(PlanHosts hosts)
    {
        var templates = string.Create(CultureInfo.InvariantCulture, $"{job.File.Templates} templates of {TemplateBytes / 1e9:0.0} GB");
        var workers = hosts.WorkersPerHost == 1 ? "1 worker" : $"up to {hosts.WorkersPerHost} workers";
        if (hosts.Host.MemoryBytes is not { } memory)
        {
            return $"a host has {workers} and memory for all of {templates}{InDevices(hosts)}";
        }

        var disk = hosts.Host.DiskBytes > 0 ? $", its disk {Fitting(hosts.Host.DiskBytes)} more" : "";
        return $"a host has {workers}, and its memory holds {Fitting(memory)} of {templates}{disk} ({hosts.Host.Eviction}); what it lacks is fetched{InDevices(hosts)}";
    }

    private string InDevices(PlanHosts hosts) => hosts.Host.DeviceCacheBytes > 0 ? $"; each device's own memory holds {Fitting(hosts.Host.DeviceCacheBytes)}" : "";

    private long Fitting(long bytes) => Math.Min(job.File.Templates, bytes / Math.Max(1, TemplateBytes));

    public static string Kind(FleetOption option) => option.Provenance.Kind.ToString().ToLowerInvariant();

    private string Recommended(PlanAnswer best)
    {
        var probability = result.Probability!;
        var needed = job.File.Spares > 0 ? $" ({best.Needed.Describe(Options)} needed, one spare)" : "";
        var interval = probability.Draws > 0 ? FormattableString.Invariant($" ({probability.Low:0.00} to {probability.High:0.00}, {probability.Draws} draws)") : "";
        return FormattableString.Invariant(
            $"{best.Recommended.Describe(Options)}{needed} for ${best.UsdPerHour:0.00} an hour meets the objective with probability {Floor(probability.Value):0.00}{interval}");
    }

    // Never more than is known: 0.999 is no certainty.
    private static double Floor(double probability) => Math.Floor(Math.Min(probability, 0.99) * 100) / 100;

    // Prices are those of the whole fleet: it must be had when it is needed.
    private IEnumerable<PlanLine> Scaled()
    {
        if (result.Answers.Count == 0 || Question.Policies.Scaling.Kind == ScalingOptions.None)
        {
            return [];
        }

        var (needed, run) = (result.Answers[0].Needed, result.Answers[0].Evaluation);
        var paid = (run.OnByKind[0] * Options[needed.First].UsdPerHour) + (needed.IsMix ? run.OnByKind[1] * Options[needed.Second].UsdPerHour : 0);
        return [new PlanLine("scaling", FormattableString.Invariant(
            $"{run.OnByKind.Sum():0.0} of {needed.Workers} workers are on, mean over time: ${paid:0.00} an hour where only those are paid for"))];
    }

    private IEnumerable<PlanLine> RunnerUp()
    {
        if (result.Answers.Count < 2)
        {
            return [];
        }

        var (best, next) = (result.Answers[0], result.Answers[1]);
        var dearer = (next.UsdPerHour / best.UsdPerHour) - 1;
        return [new PlanLine("runner-up", FormattableString.Invariant($"{next.Recommended.Describe(Options)} is {dearer * 100:0.#} % dearer (${next.UsdPerHour:0.00}): {Why(best, next)}"))];
    }

    // Work per dollar decides, and then how well whole workers fit the load.
    private string Why(PlanAnswer best, PlanAnswer next)
    {
        var (mine, other) = (PerDollar(best.Recommended), PerDollar(next.Recommended));
        return other < mine
            ? FormattableString.Invariant($"a dollar buys at most {other * 3600:0} images there, {mine * 3600:0} here")
            : FormattableString.Invariant($"it gets more images for a dollar ({other * 3600:0} at most against {mine * 3600:0}), but its last worker and its spare are larger than what is needed (busy {next.Evaluation.Utilisation:0%} against {best.Evaluation.Utilisation:0%})");
    }

    // Requests/s at best for each dollar an hour.
    private double PerDollar(Fleet fleet) => fleet.OptionOfWorkers().Sum(option => result.Facts[option].RequestsPerSecond) / fleet.UsdPerHour(Options);

    private IEnumerable<PlanLine> Sensitivity()
    {
        if (result.Answers.Count == 0)
        {
            return [];
        }

        var best = result.Answers[0];
        var fewer = result.OneFewer is { } one
            ? FormattableString.Invariant($"{one.Fleet.Describe(Options)} reach {one.Attainment:0.0%} ({one.Low:0.0%} to {one.High:0.0%}), p95 {one.P95:0.0} s")
            : best.Needed.Workers == 1 ? "there is none" : "one worker fewer cannot carry the load at all";
        var more = result.AtMoreLoad is { } loaded
            ? FormattableString.Invariant($"{best.Needed.Describe(Options)} reach {loaded.Attainment:0.0%}, p95 {loaded.P95:0.0} s")
            : $"{best.Needed.Describe(Options)} cannot carry it";
        return [new PlanLine("cheaper", fewer), new PlanLine("+20 % load", more)];
    }

    private string WhatOfMixes()
    {
        var left = result.MixesLeft > 0 ? $"; {result.MixesLeft} more that might be cheaper were not tried" : "";
        return result.Answers.Any(static answer => answer.Needed.IsMix)
            ? $"{result.MixesTried} tried by rising price, the first that meets the objective is listed{left}"
            : $"{result.MixesTried} of two kinds could be cheaper and carry the load; none of those tried meets the objective{left}";
    }
}
