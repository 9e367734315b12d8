using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Pipelines;

namespace SimServe.Cli.Imaging;

/// <summary>The optimisations that <c>--optimise</c> names.</summary>
internal static class OptimiseArgument
{
    private const string All = "all";
    private const string None = "none";

    /// <summary>What may stand there.</summary>
    public static string Allowed { get; } = $"{All}, {None}, or names with commas between: {string.Join(", ", BackboneOptimisations.Names)}";

    public static BackboneOptimisations Parse(string option, string text) => text switch
    {
        All => BackboneOptimisations.All,
        None => BackboneOptimisations.None,
        _ => Named(option, text),
    };

    private static BackboneOptimisations Named(string option, string text)
    {
        var names = text.Split(',', StringSplitOptions.TrimEntries);
        return names.All(BackboneOptimisations.Names.Contains)
            ? names.Aggregate(BackboneOptimisations.None, static (set, name) => set.With(name))
            : throw new InvalidRequestException($"{option} is \"{text}\" but must be {Allowed}.");
    }
}
