namespace SimServe.Simulator.Workloads.Adapters;

/// <summary>Adapter populations by name.</summary>
public static class AdapterPopulations
{
    /// <summary>Name of the population that uses none.</summary>
    public const string None = "none";

    /// <summary>Every name: <c>none</c>, <c>service-a</c>, <c>service-b</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = [None, "service-a", "service-b"];

    /// <summary>Finds a population.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">The name is unknown; the message lists the known ones.</exception>
    public static AdapterPopulation Parse(string name) => name switch
    {
        None => new AdapterPopulation(None),
        "service-a" => ServiceA.Population,
        "service-b" => ServiceB.Population,
        _ => throw new ArgumentException($"There is no adapter population '{name}'; known are {string.Join(", ", Names)}.", nameof(name)),
    };
}
