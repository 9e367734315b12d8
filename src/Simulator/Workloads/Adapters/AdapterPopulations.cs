namespace SimServe.Simulator.Workloads.Adapters;

/// <summary>Adapter populations by name.</summary>
public static class AdapterPopulations
{
    /// <summary>Every name: <c>none</c>, <c>service-a</c>, <c>service-b</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["none", "service-a", "service-b"];

    /// <summary>Finds a population.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">The name is unknown; the message lists the known ones.</exception>
    public static AdapterPopulation Parse(string name) => name switch
    {
        "none" => new AdapterPopulation("none"),
        "service-a" => ServiceA.Population,
        "service-b" => ServiceB.Population,
        _ => throw new ArgumentException($"There is no adapter population '{name}'; known are {string.Join(", ", Names)}.", nameof(name)),
    };
}
