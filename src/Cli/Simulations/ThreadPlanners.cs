using SimServe.Policies.Pipelines;

namespace SimServe.Cli.Simulations;

/// <summary>The planners of a thread: what any of them has worked out serves every later run of the same models on the same devices, on all threads.</summary>
internal static class ThreadPlanners
{
    private static readonly SharedPlans Plans = new();

    [ThreadStatic]
    private static PlannerPool? _pool;

    public static PlannerPool Mine => _pool ??= new PlannerPool(Plans);
}
