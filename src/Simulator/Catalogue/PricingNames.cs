namespace SimServe.Simulator.Catalogue;

/// <summary>What files call the kinds of pricing.</summary>
public static class PricingNames
{
    private static readonly Dictionary<string, Pricing> ByName = new(StringComparer.Ordinal)
    {
        ["on-demand"] = Pricing.OnDemand,
        ["reserved"] = Pricing.Reserved,
        ["spot"] = Pricing.Spot,
    };

    /// <summary>The names.</summary>
    public static IReadOnlyList<string> All { get; } = [.. ByName.Keys];

    /// <summary>The kind that a name stands for.</summary>
    /// <param name="name">One of <see cref="All"/>.</param>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static Pricing Parse(string name) => ByName.TryGetValue(name, out var pricing)
        ? pricing
        : throw new ArgumentException($"There is no pricing '{name}'; there are: {string.Join(", ", All)}.", nameof(name));

    /// <summary>The name of a kind.</summary>
    /// <param name="pricing">The kind.</param>
    public static string NameOf(Pricing pricing) => ByName.Single(pair => pair.Value == pricing).Key;
}
