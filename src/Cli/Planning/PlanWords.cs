using System.Globalization;
using SimServe.Simulator.Planning;

namespace SimServe.Cli.Planning;

/// <summary>What a plan's answer says in words.</summary>
internal sealed class PlanWords(PlanJob job, PlanResult result)
{
    private CapacityQuestion Question => job.Question;

    private IReadOnlyList<FleetOption> Options => job.Question.Options;

    public string Title => FormattableString.Invariant(
        $"{job.File.Name}: {job.File.Model}, {job.File.Steps} steps, {job.File.RatePerSecond:0.###} requests/s ({(job.File.Arrivals is null ? "Poisson" : "its own pattern")}), {job.File.Masks} masks, objective {job.File.Objective}{(job.File.Spares > 0 ? ", also with one worker lost" : "")}");

    public string Policies =>
        $"policies    {Question.Policies.Batching} batching up to {Question.Policies.MaxBatchSize}, {Question.Policies.Pipeline} pipeline, {Question.Policies.Routing} routing; {Question.Workload.Requests} requests a replication, the first fifth and the last twentieth not counted";

    public string Recommendation => result.Answers.Count == 0
        ? "infeasible  no fleet of these devices meets the objective"
        : $"recommended {Recommended(result.Answers[0])}";

    public IEnumerable<string> Explanations =>
    [
        .. RunnerUp(),
        .. Sensitivity(),
        .. result.Impossible.Select(impossible => $"not alone   {Options[impossible.Option].Label}: {impossible.Reason}"),
        .. Mixes(),
    ];

    public IEnumerable<string> Grounds =>
    [
        .. Options.DistinctBy(static option => option.Device.Name).Select(static option => $"costs       {option.Device.Name}: {Kind(option)}, {option.Provenance.Statement}"),
        .. Options.Select(static option => FormattableString.Invariant($"price       {option.Label}: ${option.UsdPerHour:0.00} an hour, {option.PriceSource}")),
        .. Caches(),
    ];

    public static string Kind(FleetOption option) => option.Provenance.Kind.ToString().ToLowerInvariant();

    private string Recommended(PlanAnswer best)
    {
        var probability = result.Probability!;
        var needed = job.File.Spares > 0 ? $" ({best.Needed.Describe(Options)} needed, one spare)" : "";
        var interval = probability.Draws > 0 ? FormattableString.Invariant($" ({probability.Low:0.00} to {probability.High:0.00}, {probability.Draws} draws)") : "";
        return FormattableString.Invariant(
            $"{best.Recommended.Describe(Options)}{needed} for ${best.UsdPerHour:0.00} an hour meets the objective with probability {Floor(probability.Value):0.00}{interval}; covered: {probability.Covers}");
    }

    // Never more than is known: 0.999 is no certainty.
    private static double Floor(double probability) => Math.Floor(Math.Min(probability, 0.99) * 100) / 100;

    private IEnumerable<string> RunnerUp()
    {
        if (result.Answers.Count < 2)
        {
            return [];
        }

        var (best, next) = (result.Answers[0], result.Answers[1]);
        var dearer = (next.UsdPerHour / best.UsdPerHour) - 1;
        return [FormattableString.Invariant($"runner-up   {next.Recommended.Describe(Options)} is {dearer * 100:0.#} % dearer (${next.UsdPerHour:0.00}): {Why(best, next)}")];
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

    private IEnumerable<string> Sensitivity()
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
        return [$"cheaper     {fewer}", $"+20 % load  {more}"];
    }

    private IEnumerable<string> Mixes()
    {
        if (!job.File.Mixes)
        {
            return [];
        }

        var left = result.MixesLeft > 0 ? $"; {result.MixesLeft} more that might be cheaper were not tried" : "";
        return [result.Answers.Any(static answer => answer.Needed.IsMix)
            ? $"mixes       {result.MixesTried} tried by rising price, the first that meets the objective is listed{left}"
            : $"mixes       {result.MixesTried} of two kinds could be cheaper and carry the load; none of those tried meets the objective{left}"];
    }

    private IEnumerable<string> Caches()
    {
        var bytes = Question.Model.TemplateCacheBytes(job.File.Steps) * (double)job.File.Templates;
        return Question.Policies.Pipeline == SimServe.Policies.Pipelines.FullPipeline.Name
            ? []
            : [string.Create(CultureInfo.InvariantCulture, $"warm        every template is taken to be in host memory: {job.File.Templates} of {Question.Model.TemplateCacheBytes(job.File.Steps) / 1e9:0.0} GB are {bytes / 1e12:0.00} TB, on each host that serves them")];
    }
}
