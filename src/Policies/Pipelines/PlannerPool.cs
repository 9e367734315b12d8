using SimServe.Policies.Costs;

namespace SimServe.Policies.Pipelines;

/// <summary>Planners that several runs use one after the other, so that nobody works out the same plan twice.</summary>
/// <remarks>Answers are pure, so a run's results do not depend on what the pool knows already. Not thread-safe: one pool per thread.</remarks>
/// <param name="shared">Where pools of several threads find each other's answers, or <c>null</c>.</param>
public sealed class PlannerPool(SharedPlans? shared = null)
{
    private readonly Dictionary<(ModelShape Model, ICostModel Costs, string Pipeline), StepPlanner> _planners = new(ByIdentity.Instance);

    /// <summary>The planner of a model on a device under a pipeline policy.</summary>
    /// <param name="model">The model; the same object every time.</param>
    /// <param name="costs">The device's times; the same object every time.</param>
    /// <param name="pipeline">Name of the policy.</param>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public StepPlanner Get(ModelShape model, ICostModel costs, string pipeline)
    {
        if (!_planners.TryGetValue((model, costs, pipeline), out var planner))
        {
            planner = new StepPlanner(model, costs, PolicyCatalogue.CreatePipeline(pipeline), shared is null ? null : (shape, times) => shared.Of(shape, times, pipeline));
            _planners.Add((model, costs, pipeline), planner);
        }

        return planner;
    }

    // A model shape compares block by block: far too long for a look-up.
    private sealed class ByIdentity : IEqualityComparer<(ModelShape Model, ICostModel Costs, string Pipeline)>
    {
        public static readonly ByIdentity Instance = new();

        public bool Equals((ModelShape Model, ICostModel Costs, string Pipeline) x, (ModelShape Model, ICostModel Costs, string Pipeline) y) =>
            ReferenceEquals(x.Model, y.Model) && ReferenceEquals(x.Costs, y.Costs) && x.Pipeline == y.Pipeline;

        public int GetHashCode((ModelShape Model, ICostModel Costs, string Pipeline) key) => HashCode.Combine(
            System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(key.Model),
            System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(key.Costs),
            key.Pipeline);
    }
}
