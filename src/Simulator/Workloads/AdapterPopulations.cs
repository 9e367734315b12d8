namespace SimServe.Simulator.Workloads;

/// <summary>The named populations of adapters.</summary>
public static class AdapterPopulations
{
    /// <summary>What <c>workload.adapters</c> may be.</summary>
    public static IReadOnlyList<string> Names { get; } = [NoAdapters.Name];

    /// <summary>A population for one run.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">The name is not known; the message lists those that are.</exception>
    public static IAdapterPopulation Create(string name) => name switch
    {
        NoAdapters.Name => new NoAdapters(),
        _ => throw new ArgumentException($"'{name}' is not a population of adapters. Known: {string.Join(", ", Names)}.", nameof(name)),
    };
}
