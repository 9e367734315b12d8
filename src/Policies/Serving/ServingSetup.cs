using SimServe.Policies.Batching;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Routing;

namespace SimServe.Policies.Serving;

/// <summary>The policies of a run.</summary>
public sealed record ServingSetup
{
    /// <summary>Sends requests to workers.</summary>
    public required IRoutingPolicy Routing { get; init; }

    /// <summary>Forms batches, one policy per worker.</summary>
    public required IReadOnlyList<IBatchingPolicy> Batching { get; init; }

    /// <summary>Plans steps, one planner per worker.</summary>
    public required IReadOnlyList<StepPlanner> Planners { get; init; }
}
