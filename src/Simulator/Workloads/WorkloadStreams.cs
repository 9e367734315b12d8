using SimServe.Policies;

namespace SimServe.Simulator.Workloads;

/// <summary>One random stream for every property of a request.</summary>
internal sealed class WorkloadStreams(long runSeed)
{
    public RandomStream Arrivals { get; } = new(runSeed, PoissonArrivals.Stream);

    public RandomStream Masks { get; } = new(runSeed, "masks");

    public RandomStream Templates { get; } = new(runSeed, "templates");

    public RandomStream Prompts { get; } = new(runSeed, "prompts");

    public RandomStream Seeds { get; } = new(runSeed, "seeds");

    public RandomStream Steps { get; } = new(runSeed, "steps");

    public RandomStream Classes { get; } = new(runSeed, "classes");

    public RandomStream Tenants { get; } = new(runSeed, "tenants");

    /// <summary>A stream of its own for every shape: a larger blob takes more numbers, which must not change the next request's.</summary>
    public RandomStream ShapeOf(int number) => new(runSeed, $"mask-shape:{number}");
}
