using SimServe.Policies.AddOns;
using SimServe.Policies.Admission;
using SimServe.Policies.Batching;
using SimServe.Policies.Caches;
using SimServe.Policies.Costs;
using SimServe.Policies.Ordering;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Recovery;
using SimServe.Policies.Routing;
using SimServe.Policies.Scaling;
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
        [SloContinuousBatching.Name] = static options => new SloContinuousBatching(
            new ContinuousBatchingOptions { MaxBatchSize = options.MaxBatchSize }),
        [NaiveContinuousBatching.Name] = static options => new NaiveContinuousBatching(
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
            [RandomRouting.Name] = static (options, _) => new RandomRouting(StreamOf(RandomRouting.Name, options)),
            [PowerOfTwoChoices.Name] = static (options, _) => new PowerOfTwoChoices(StreamOf(PowerOfTwoChoices.Name, options)),
            [LeastRequests.Name] = static (_, _) => new LeastRequests(),
            [LeastMaskedTokens.Name] = static (_, _) => new LeastMaskedTokens(),
            [ShortestWork.Name] = static (options, planners) => new ShortestWork(planners, options.MaxBatchSize),
            [LeastBatchLatency.Name] = static (options, planners) => new LeastBatchLatency(planners, options.MaxBatchSize),
            [MaskAware.Name] = static (options, planners) => new MaskAware(planners, options.MaxBatchSize),
            [CacheAware.Name] = static (options, planners) => new CacheAware(planners, options.MaxBatchSize),
            [TemplateAffinity.Name] = static (options, _) => new TemplateAffinity(new LoadBound { Factor = options.AffinityLoadFactor }),
            [AdapterAffinity.Name] = static (options, _) => new AdapterAffinity(new LoadBound { Factor = options.AffinityLoadFactor }),
            [AlwaysBusiest.Name] = static (_, _) => new AlwaysBusiest(),
        };

    private static readonly Dictionary<string, Func<OrderingOptions, IOrderingPolicy>> OrderingFactories = new(StringComparer.Ordinal)
    {
        [FirstComeFirstServed.Name] = static _ => new FirstComeFirstServed(),
        [ShortestRemaining.Name] = static _ => new ShortestRemaining(),
        [EarliestDeadline.Name] = static _ => new EarliestDeadline(),
        [PriorityWithAging.Name] = static options => new PriorityWithAging(options.Aging),
    };

    private static readonly Dictionary<string, Func<PolicyOptions, IReadOnlyList<StepPlanner>, IAdmissionPolicy>> AdmissionFactories =
        new(StringComparer.Ordinal)
        {
            [AdmitAlways.Name] = static (_, _) => new AdmitAlways(),
            [TokenBucket.Name] = static (options, _) => new TokenBucket(options.Admission.RatePerSecond, options.Admission.Burst),
            [DeadlineAdmission.Name] = static (options, planners) => new DeadlineAdmission(planners, options.MaxBatchSize),
        };

    private static readonly Dictionary<string, Func<ScalingOptions, IScalingPolicy?>> ScalingFactories = new(StringComparer.Ordinal)
    {
        [ScalingOptions.None] = static _ => null,
        [ReactiveScaling.Name] = static options => new ReactiveScaling(options),
        [PredictiveScaling.Name] = static options => new PredictiveScaling(options),
        [ScheduledScaling.Name] = static options => new ScheduledScaling(options),
    };

    private static readonly Dictionary<string, Func<RecoveryOptions, IRecoveryPolicy>> RecoveryFactories = new(StringComparer.Ordinal)
    {
        [FailWithDevice.Name] = static _ => new FailWithDevice(),
        [RestartElsewhere.Name] = static options => new RestartElsewhere(options.Attempts),
        [ResumeFromCheckpoint.Name] = static options => new ResumeFromCheckpoint(options.Attempts, options.CheckpointSteps),
    };

    private static readonly Dictionary<string, Func<AddOnOptions, ILoraPolicy>> LoraFactories = new(StringComparer.Ordinal)
    {
        [SynchronousLoras.Name] = static _ => new SynchronousLoras(),
        [BoundedAsynchronousLoras.Name] = static options => new BoundedAsynchronousLoras(BoundsOf(options)),
        [UnmergedLoras.Name] = static options => new UnmergedLoras(BoundsOf(options)),
    };

    private static readonly Dictionary<string, Func<AddOnOptions, IAdapterPrefetch>> PrefetchFactories = new(StringComparer.Ordinal)
    {
        [NoPrefetch.Name] = static _ => new NoPrefetch(),
        [PopularAdapters.Name] = static options => new PopularAdapters(options.PrefetchHalfLife),
    };

    private static readonly Dictionary<string, Func<PolicyOptions, IControlNetPlacement>> ControlNetFactories = new(StringComparer.Ordinal)
    {
        [SerialControlNets.Name] = static _ => new SerialControlNets(),
        [DedicatedControlNets.Name] = static _ => new DedicatedControlNets(),
        [SharedControlNets.Name] = static options => new SharedControlNets(new LoadBound { Factor = options.AffinityLoadFactor }),
    };

    /// <summary>Names of admission policies.</summary>
    public static IReadOnlyList<string> Admission => [.. AdmissionFactories.Keys];

    /// <summary>Names of batching policies.</summary>
    public static IReadOnlyList<string> Batching => [.. BatchingFactories.Keys];

    /// <summary>Names of placements of ControlNets.</summary>
    public static IReadOnlyList<string> ControlNets => [.. ControlNetFactories.Keys];

    /// <summary>Names of LoRA policies.</summary>
    public static IReadOnlyList<string> Loras => [.. LoraFactories.Keys];

    /// <summary>Names of ordering policies.</summary>
    public static IReadOnlyList<string> Ordering => [.. OrderingFactories.Keys];

    /// <summary>Names of pipeline policies.</summary>
    public static IReadOnlyList<string> Pipelines => [.. PipelineFactories.Keys];

    /// <summary>Names of policies that fetch adapters ahead of requests.</summary>
    public static IReadOnlyList<string> Prefetch => [.. PrefetchFactories.Keys];

    /// <summary>Names of recovery policies.</summary>
    public static IReadOnlyList<string> Recovery => [.. RecoveryFactories.Keys];

    /// <summary>Names of routing policies.</summary>
    public static IReadOnlyList<string> Routing => [.. RoutingFactories.Keys];

    /// <summary>Names of scaling policies, <see cref="ScalingOptions.None"/> among them.</summary>
    public static IReadOnlyList<string> Scaling => [.. ScalingFactories.Keys];

    /// <summary>A new admission policy.</summary>
    /// <param name="options">Its name and options.</param>
    /// <param name="planners">One planner per worker.</param>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static IAdmissionPolicy CreateAdmission(PolicyOptions options, IReadOnlyList<StepPlanner> planners) =>
        Find(AdmissionFactories, options.Admission.Kind, "admission")(options, planners);

    /// <summary>A new batching policy.</summary>
    /// <param name="options">Its name and options.</param>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static IBatchingPolicy CreateBatching(PolicyOptions options) => Find(BatchingFactories, options.Batching, "batching")(options);

    /// <summary>A new placement of ControlNets.</summary>
    /// <param name="options">Its name and options.</param>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static IControlNetPlacement CreateControlNets(PolicyOptions options) => Find(ControlNetFactories, options.AddOns.ControlNets, "ControlNet")(options);

    /// <summary>A new LoRA policy.</summary>
    /// <param name="options">Its name and options.</param>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static ILoraPolicy CreateLoras(AddOnOptions options) => Find(LoraFactories, options.Loras, "LoRA")(options);

    /// <summary>A new ordering policy.</summary>
    /// <param name="options">Its name and options.</param>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static IOrderingPolicy CreateOrdering(OrderingOptions options) => Find(OrderingFactories, options.Kind, "ordering")(options);

    /// <summary>A new pipeline policy.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static IPipelinePolicy CreatePipeline(string name) => Find(PipelineFactories, name, "pipeline")();

    /// <summary>A new policy that fetches adapters ahead of requests.</summary>
    /// <param name="options">Its name and options.</param>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static IAdapterPrefetch CreatePrefetch(AddOnOptions options) => Find(PrefetchFactories, options.Prefetch, "prefetch")(options);

    /// <summary>A new recovery policy.</summary>
    /// <param name="options">Its name and options.</param>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static IRecoveryPolicy CreateRecovery(RecoveryOptions options) => Find(RecoveryFactories, options.Kind, "recovery")(options);

    /// <summary>A new routing policy.</summary>
    /// <param name="options">Its name and options.</param>
    /// <param name="planners">One planner per worker.</param>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static IRoutingPolicy CreateRouting(PolicyOptions options, IReadOnlyList<StepPlanner> planners) =>
        Find(RoutingFactories, options.Routing, "routing")(options, planners);

    /// <summary>A new scaling policy, or <c>null</c> where every worker is on all the time.</summary>
    /// <param name="options">Its name and options.</param>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static IScalingPolicy? CreateScaling(ScalingOptions options) => Find(ScalingFactories, options.Kind, "scaling")(options);

    /// <summary>New policies for a run.</summary>
    /// <param name="options">Their names and options.</param>
    /// <param name="model">The model that is served.</param>
    /// <param name="costs">One cost model per worker: what planners and routers believe.</param>
    /// <param name="pool">Planners of earlier runs on this thread, or <c>null</c>. Workers of one kind share a planner in any case.</param>
    /// <exception cref="ArgumentException">A name is unknown.</exception>
    public static ServingSetup CreateSetup(PolicyOptions options, ModelShape model, IReadOnlyList<ICostModel> costs, PlannerPool? pool = null)
    {
        pool ??= new PlannerPool();
        var planners = costs.Select(cost => pool.Get(model, cost, options.Pipeline)).ToArray();
        return new ServingSetup
        {
            Routing = CreateRouting(options, planners),
            Batching = [.. costs.Select(_ => CreateBatching(options))],
            Planners = planners,
            Ordering = CreateOrdering(options.Ordering),
            Admission = CreateAdmission(options, planners),
            Recovery = CreateRecovery(options.Recovery),
            Scaling = CreateScaling(options.Scaling),
            ScalingOptions = options.Scaling,
            RouterStaleness = options.RouterStaleness,
            Loras = CreateLoras(options.AddOns),
            LoraOvertaking = options.AddOns.LoraOvertaking,
            Prefetch = CreatePrefetch(options.AddOns),
            ControlNets = CreateControlNets(options),
            ControlMode = options.AddOns.ControlMode,
            ControlNetRecovery = options.AddOns.ControlNetRecovery,
            ApproximateCache = options.ApproximateCache is { } cache ? new ApproximateCache(cache, options.Seed) : null,
        };
    }

    private static LoraBounds BoundsOf(AddOnOptions options) => new(options.LoraBounds, options.LoraBound);

    // Each policy that chooses at random has a stream of its own, so that it draws the same whatever else is random in the run.
    private static RandomStream StreamOf(string name, PolicyOptions options) => new(options.Seed, $"routing/{name}");

    private static T Find<T>(Dictionary<string, T> factories, string name, string kind) => factories.TryGetValue(name, out var factory)
        ? factory
        : throw new ArgumentException($"There is no {kind} policy '{name}'; there are: {string.Join(", ", factories.Keys)}.", nameof(name));
}
