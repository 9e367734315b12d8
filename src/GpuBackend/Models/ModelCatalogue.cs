using SimServe.GpuBackend.Models.Flux;

namespace SimServe.GpuBackend.Models;

/// <summary>Every model by its name in scenarios.</summary>
public static class ModelCatalogue
{
    private static readonly Dictionary<string, FluxConfig> Configs = new(StringComparer.Ordinal)
    {
        [FluxConfig.Nano.Name] = FluxConfig.Nano,
        [FluxConfig.DevShape.Name] = FluxConfig.DevShape,
    };

    /// <summary>The names.</summary>
    public static IReadOnlyCollection<string> Names => Configs.Keys;

    /// <summary>A model's sizes.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static FluxConfig Find(string name) => Configs.TryGetValue(name, out var config)
        ? config
        : throw new ArgumentException($"There is no model '{name}'; there are: {string.Join(", ", Configs.Keys)}.", nameof(name));
}
