using SimServe.Policies;

namespace SimServe.GpuBackend.Frontiers;

/// <summary>Which settings are measured: every combination.</summary>
/// <param name="MaskRatios">Shares of edited tokens, above 0 to 1.</param>
/// <param name="Caches">What is cached.</param>
/// <param name="Refreshes">Steps from one plain step to the next; 0: none.</param>
/// <param name="Margins">Tokens around the mask.</param>
public sealed record FrontierGrid(IReadOnlyList<double> MaskRatios, IReadOnlyList<CacheFormat> Caches, IReadOnlyList<int> Refreshes, IReadOnlyList<int> Margins)
{
    /// <summary>What a few minutes on a processor measure.</summary>
    public static FrontierGrid Usual { get; } = new([0.1, 0.2, 0.35], Formats(CacheNumbers.AsModel, CacheNumbers.Int8, CacheNumbers.Float8), [0, 8, 4], [0, 1]);

    /// <summary>The same, finer and wider.</summary>
    public static FrontierGrid Full { get; } = new(
        [0.05, 0.1, 0.2, 0.35, 0.5], Formats(CacheNumbers.AsModel, CacheNumbers.BFloat16, CacheNumbers.Int8, CacheNumbers.Float8), [0, 8, 4, 2], [0, 1, 2]);

    /// <summary>The settings of a mask ratio.</summary>
    /// <param name="ratio">The ratio.</param>
    public IEnumerable<FrontierSetting> Of(double ratio) =>
        from cache in Caches
        from refresh in Refreshes
        from margin in Margins
        select new FrontierSetting(ratio, cache, refresh, margin);

    private static CacheFormat[] Formats(params CacheNumbers[] numbers) =>
        [.. Enum.GetValues<CacheVariant>().SelectMany(variant => numbers.Select(type => new CacheFormat(variant, type)))];
}
