using SimServe.Policies.Batching;
using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Routing;
using SimServe.Policies.Serving;

namespace SimServe.Policies;

/// <summary>Every policy by its name in scenarios and reports.</summary>
public static class PolicyCatalogue
{
    private static readonly Dictionary<string, Func<PolicyOptions, IBatchingPolicy>> BatchingFactories = new(StringComparer.Ordinal)
    {
        [StaticBatching.Name] = static options => new StaticBatching(
            new StaticBatchingOptions { MaxBatchSize = options.MaxBatchSize, MaxWait = options.MaxWait }),
        [ContinuousBatching.Name] = static options => new ContinuousBatching(
            new ContinuousBatchingOptions { MaxBatchSize = options.MaxBatchSize }),
    };

    private static readonly Dictionary<string, Func<IPipelinePolicy>> PipelineFactories = new(StringComparer.Ordinal)
    {
        [FullPipeline.Name] = static () => new FullPipeline(),
        [SequentialPipeline.Name] = static () => new SequentialPipeline(),
        [StrawmanPipeline.Name] = static () => new StrawmanPipeline(),
        [GreedyPipeline.Name] = static () => new GreedyPipeline(),
        [OptimalPipeline.Name] = static () => new OptimalPipeline(),
    };

    private static readonly Dictionary<string, Func<PolicyOptions, IReadOnlyList<StepPlanner>, IRoutingPolicy>> RoutingFactories =
        new(StringComparer.Ordinal)
        {
            [RoundRobin.Name] = static (_, _) => new RoundRobin(),
            [LeastRequests.Name] = static (_, _) => new LeastRequests(),
            [MaskAware.Name] = static (options, planners) => new MaskAware(planners, options.MaxBatchSize),
        };

    /// <summary>Names of batching policies.</summary>
    public static IReadOnlyList<string> Batching => [.. BatchingFactories.Keys];

    /// <summary>Names of pipeline policies.</summary>
    public static IReadOnlyList<string> Pipelines => [.. PipelineFactories.Keys];

    /// <summary>Names of routing policies.</summary>
    public static IReadOnlyList<string> Routing => [.. RoutingFactories.Keys];

    /// <summary>A new batching policy.</summary>
    /// <param name="options">Its name and options.</param>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static IBatchingPolicy CreateBatching(PolicyOptions options) => Find(BatchingFactories, options.Batching, "batching")(options);

    /// <summary>A new pipeline policy.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static IPipelinePolicy CreatePipeline(string name) => Find(PipelineFactories, name, "pipeline")();

    /// <summary>A new routing policy.</summary>
    /// <param name="options">Its name and options.</param>
    /// <param name="planners">One planner per worker.</param>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static IRoutingPolicy CreateRouting(PolicyOptions options, IReadOnlyList<StepPlanner> planners) =>
        Find(RoutingFactories, options.Routing, "routing")(options, planners);

    /// <summary>New policies for a run.</summary>
    /// <param name="options">Their names and options.</param>
    /// <param name="model">The model that is served.</param>
    /// <param name="costs">One cost model per worker: what planners and routers believe.</param>
    /// <exception cref="ArgumentException">A name is unknown.</exception>
    public static ServingSetup CreateSetup(PolicyOptions options, ModelShape model, IReadOnlyList<ICostModel> costs)
    {
        // Workers of one kind share a planner: it remembers its answers, and nobody solves the same plan twice.
        var byCost = costs.Distinct().ToDictionary(static cost => cost, cost => new StepPlanner(model, cost, CreatePipeline(options.Pipeline)));
        var planners = costs.Select(cost => byCost[cost]).ToArray();
        return new ServingSetup
        {
            Routing = CreateRouting(options, planners),
            Batching = [.. costs.Select(_ => CreateBatching(options))],
            Planners = planners,
        };
    }

    private static T Find<T>(Dictionary<string, T> factories, string name, string kind) => factories.TryGetValue(name, out var factory)
        ? factory
        : throw new ArgumentException($"There is no {kind} policy '{name}'; there are: {string.Join(", ", factories.Keys)}.", nameof(name));
}
