using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Plans;

/// <summary>Keeps the fewest units of each group whose directions hold one and the same share of the variance.</summary>
/// <param name="threshold">The share, tau: greater than 0, at most 1.</param>
/// <remarks>
/// The published rule (arXiv 2202.10461). At one threshold the widths of groups of different shapes differ before anything is learned
/// (<see cref="MarchenkoPastur"/>): compare with <see cref="RandomInitWidths"/>.
/// </remarks>
public sealed class VarianceThreshold(double threshold) : IAdjustableStrategy
{
    /// <summary>Its name in plans.</summary>
    public const string Name = "variance-threshold";

    /// <inheritdoc/>
    public double Level { get; } = SlimStrategies.Checked(threshold, 1, nameof(threshold));

    /// <inheritdoc/>
    public double HighestLevel => 1;

    /// <inheritdoc/>
    public StrategyDescription Description => StrategyDescription.Of(Name, ("threshold", Level));

    /// <inheritdoc/>
    public IAdjustableStrategy At(double level) => new VarianceThreshold(level);

    /// <inheritdoc/>
    public SlimChoice Choose(ISlimTarget target, IReadOnlyList<Spectrum> spectra) => SlimStrategies.Rounded(this, target, spectra);

    /// <inheritdoc/>
    public double Wanted(SlimGroup group, Spectrum spectrum) => spectrum.Keep(Level);
}
