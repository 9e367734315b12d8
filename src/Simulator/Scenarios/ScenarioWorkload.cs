using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Traces;
using SimServe.Simulator.Workloads;
using SimServe.Simulator.Workloads.Adapters;

namespace SimServe.Simulator.Scenarios;

/// <summary>The requests of a scenario: those with drawn masks first, the others from the workload's distributions, or a trace's.</summary>
public static class ScenarioWorkload
{
    /// <summary>Lists them; the same scenario gives the same requests. Masks have shapes: it is good enough for images.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="grid">The model's tokens.</param>
    /// <param name="masks">The masks of the scenario's edits, in order.</param>
    /// <exception cref="InvalidInputException">It is a closed loop, whose requests depend on answers, it has several sizes of images, or its trace is wrong.</exception>
    public static Request[] Build(Scenario scenario, TokenGrid grid, IReadOnlyList<EditMask> masks)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        if (scenario.Workload.ClosedLoop is not null)
        {
            throw new InvalidInputException(scenario.Name, [new InputFault(
                "workload.closedLoop", "a closed loop", "an open workload or a trace, whose requests are known before the run", "Remove it, or simulate it.")]);
        }

        if (scenario.Workload.Resolutions is not null)
        {
            throw new InvalidInputException(scenario.Name, [new InputFault(
                "workload.resolutions", "a list of sizes", "no list where real devices serve: their model has one size", "Remove it, or simulate it.")]);
        }

        var source = Stream(scenario, grid, masks, scenario.Seed, maskShapes: true);
        var requests = new List<Request>();
        while (source.TryNext(out var request))
        {
            requests.Add(request);
        }

        return [.. requests];
    }

    /// <summary>Draws or reads them one by one, the same as <see cref="Build"/> lists, in memory that does not depend on their number.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="grid">The model's tokens.</param>
    /// <param name="masks">The masks of the scenario's edits, in order.</param>
    /// <param name="seed">The run's seed: the scenario's own, or a replication's.</param>
    /// <param name="maskShapes">Whether masks get shapes, which only images and margins need.</param>
    /// <exception cref="InvalidInputException">Its trace is wrong: thrown at once, or when the source is asked for a request.</exception>
    public static IRequestSource Stream(Scenario scenario, TokenGrid grid, IReadOnlyList<EditMask> masks, long seed, bool maskShapes)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        ArgumentNullException.ThrowIfNull(masks);
        return scenario.Workload.MaskMargin is { } margin and > 0
            ? new DilatedEdits(Undilated(scenario, grid, masks, seed, maskShapes: true), margin)
            : Undilated(scenario, grid, masks, seed, maskShapes);
    }

    private static IRequestSource Undilated(Scenario scenario, TokenGrid grid, IReadOnlyList<EditMask> masks, long seed, bool maskShapes)
    {
        if (scenario.Workload.Trace is { } trace)
        {
            return new TraceReplay(ReplayOf(scenario, trace, maskShapes), grid).Stream(TraceFormats.Read(trace.File, trace.Format, ImportOf(scenario, seed)), seed);
        }

        var drawn = new WorkloadBuilder(OptionsOf(scenario) with { MaskShapes = maskShapes }, grid).Stream(seed);
        return masks.Count == 0 ? drawn : new DrawnEdits(drawn, scenario.Edits, masks);
    }

    private static WorkloadOptions OptionsOf(Scenario scenario) => new()
    {
        Requests = scenario.Workload.Requests,
        RequestsPerSecond = scenario.Workload.RatePerSecond,
        Arrivals = scenario.Workload.Arrivals ?? new PoissonPattern(),
        MaskRatios = scenario.Workload.Masks,
        Steps = scenario.Steps,
        StepChoices = scenario.Workload.Steps ?? [],
        Resolutions = scenario.Workload.Resolutions ?? [],
        Templates = TemplatesOf(scenario),
        TemplateZipfExponent = scenario.Workload.TemplateSkew,
        Classes = scenario.Classes ?? [],
        Tenants = scenario.Workload.Tenants ?? 1,
        TenantZipfExponent = scenario.Workload.TenantSkew ?? 0,
        Adapters = scenario.Workload.Adapters ?? AdapterPopulations.None,
        ListedAdapters = scenario.Workload.Adapters is null && !scenario.AddOns.IsEmpty
            ? new ListedAdapters([.. scenario.AddOns.ControlNets.Select(static file => file.Share)], [.. scenario.AddOns.Loras.Select(static file => file.Share)])
            : null,
        AdapterNeighbourhoods = scenario.Workload.AdapterNeighbourhoods ?? 1,
        ClosedLoop = scenario.Workload.ClosedLoop,
        Cancellation = scenario.Workload.Cancellation,
        Prompts = PromptsOf(scenario),
    };

    private static TraceReplayOptions ReplayOf(Scenario scenario, TraceSource trace, bool maskShapes) => new()
    {
        TimeScale = trace.TimeScale,
        From = Duration.FromSeconds(trace.FromSeconds),
        Until = trace.UntilSeconds is { } until ? Duration.FromSeconds(until) : null,
        First = Math.Min(trace.First ?? int.MaxValue, scenario.Workload.Requests),
        Prompts = PromptsOf(scenario),
        Classes = scenario.Classes ?? [],
        MaskShapes = maskShapes,
        Cancellation = scenario.Workload.Cancellation,
    };

    // What a published file lacks is drawn as a workload without a trace would.
    private static TraceImportOptions ImportOf(Scenario scenario, long seed) => new()
    {
        Seed = seed,
        MaskRatios = scenario.Workload.Masks,
        Steps = scenario.Steps,
        Templates = TemplatesOf(scenario),
        TemplateZipfExponent = scenario.Workload.TemplateSkew,
        RequestsPerSecond = scenario.Workload.RatePerSecond,
        Arrivals = scenario.Workload.Arrivals ?? new PoissonPattern(),
    };

    private static IReadOnlyList<string> PromptsOf(Scenario scenario) => scenario.Workload.Prompts ?? ["an edit"];

    private static int TemplatesOf(Scenario scenario) => scenario.Workload.Templates ?? Math.Max(1, scenario.Templates.Count);
}
