using System.Collections.Concurrent;
using SimServe.GpuBackend.Models;
using SimServe.Policies;

namespace SimServe.Cli.Planning;

/// <summary>Shapes of published models: where the backend's configurations meet the simulator.</summary>
internal static class PublishedShapes
{
    private static readonly ConcurrentDictionary<(string Model, int Side), ModelShape> Known = new();

    // Planners are found by the object: the same format gives the same one.
    private static readonly ConcurrentDictionary<(string Model, CacheFormat Cache), ModelShape> Cached = new();

    /// <summary>Every published model at its own size.</summary>
    public static IReadOnlyList<ModelShape> All => [.. PublishedModels.Names.Select(static name => Of(name))];

    public static ModelShape Of(string model) => Of(model, PublishedModels.Find(model).Side)!;

    /// <summary>A published model at its own size, with cached rows of a format.</summary>
    public static ModelShape Of(string model, CacheFormat cache) => Cached.GetOrAdd((model, cache), static key => Of(key.Model) with { Cache = key.Cache });

    public static ModelShape? Of(string model, int side) =>
        PublishedModels.Names.Contains(model) ? Known.GetOrAdd((model, side), static key => PublishedModels.Find(key.Model).ToShape(key.Side, key.Side)) : null;
}
