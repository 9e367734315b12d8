using SimServe.Policies.Pipelines;

namespace SimServe.Cli.Simulations;

/// <summary>The planners of a thread: what they have worked out serves every later run of the same models on the same devices.</summary>
internal static class ThreadPlanners
{
    [ThreadStatic]
    private static PlannerPool? _pool;

    public static PlannerPool Mine => _pool ??= new PlannerPool();
}
