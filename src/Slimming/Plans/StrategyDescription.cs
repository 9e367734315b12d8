namespace SimServe.Slimming.Plans;

/// <summary>A strategy by name and numbers, as plans hold it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">Its numbers by name; what a budget found is among them.</param>
/// <param name="Seed">Seed of its random numbers, where it draws any.</param>
/// <param name="Inner">The strategy that a budget turns.</param>
public sealed record StrategyDescription(string Name, IReadOnlyDictionary<string, double> Parameters, long? Seed = null, StrategyDescription? Inner = null)
{
    internal static StrategyDescription Of(string name, params ReadOnlySpan<(string Name, double Value)> parameters)
    {
        var sorted = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (parameter, value) in parameters)
        {
            sorted.Add(parameter, value);
        }

        return new StrategyDescription(name, sorted);
    }
}
