using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using SimServe.Policies.Costs;

namespace SimServe.Policies.Pipelines;

/// <summary>Plans that pools on several threads have worked out, each of them once.</summary>
/// <remarks>
/// Thread-safe. Answers are pure, so nothing depends on which thread worked one out; where two do so at once, both have the same. Planners ask here only what they
/// have never been asked before.
/// </remarks>
public sealed class SharedPlans
{
    private readonly ConcurrentDictionary<(int Model, int Costs, string Pipeline), Entry> _plans = new();

    // Null where another model or other costs have the same hash: those are not shared.
    internal ConcurrentDictionary<long, PlannedStep>? Of(ModelShape model, ICostModel costs, string pipeline)
    {
        // A model shape compares block by block: far too long for a look-up.
        var entry = _plans.GetOrAdd((RuntimeHelpers.GetHashCode(model), RuntimeHelpers.GetHashCode(costs), pipeline), _ => new Entry(model, costs));
        return ReferenceEquals(entry.Model, model) && ReferenceEquals(entry.Costs, costs) ? entry.Plans : null;
    }

    private sealed class Entry(ModelShape model, ICostModel costs)
    {
        public ModelShape Model => model;

        public ICostModel Costs => costs;

        public ConcurrentDictionary<long, PlannedStep> Plans { get; } = new();
    }
}
