using SimServe.Policies;

namespace SimServe.Simulator.Workloads.Adapters;

/// <summary>One random stream for every property of a request's adapters; every request takes one number from each.</summary>
internal sealed class AdapterStreams(long runSeed)
{
    public RandomStream Neighbourhoods { get; } = new(runSeed, "adapters:neighbourhood");

    public RandomStream Recency { get; } = new(runSeed, "adapters:recency");

    public RandomStream Specialities { get; } = new(runSeed, "adapters:specialities");

    public RandomStream Speciality { get; } = new(runSeed, "adapters:speciality");

    public RandomStream Alternation { get; } = new(runSeed, "adapters:alternation");

    public RandomStream Repeats { get; } = new(runSeed, "adapters:repeat");

    public RandomStream ControlNets { get; } = new(runSeed, "adapters:controlnets");

    public RandomStream LoraCounts { get; } = new(runSeed, "adapters:lora-count");

    public RandomStream FirstLoras { get; } = new(runSeed, "adapters:lora-first");

    public RandomStream Partners { get; } = new(runSeed, "adapters:lora-partner");

    public RandomStream SecondLoras { get; } = new(runSeed, "adapters:lora-second");
}
