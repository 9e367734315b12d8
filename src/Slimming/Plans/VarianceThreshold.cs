using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Plans;

/// <summary>Keeps the fewest units of each group whose directions hold one and the same share of the variance.</summary>
/// <param name="threshold">The share, tau: greater than 0, at most 1.</param>
/// <remarks>
/// The published rule (arXiv 2202.10461). At one threshold the widths of groups of different shapes differ before anything is learned
/// (<see cref="MarchenkoPastur"/>): compare with <see cref="RandomInitWidths"/>.
/// </remarks>
public sealed class VarianceThreshold(double threshold) : AdjustableStrategy(threshold, 1, nameof(threshold))
{
    /// <summary>Its name in plans.</summary>
    public const string Name = "variance-threshold";

    /// <inheritdoc/>
    public override StrategyDescription Description => StrategyDescription.Of(Name, ("threshold", Level));

    /// <inheritdoc/>
    public override AdjustableStrategy At(double level) => new VarianceThreshold(level);

    /// <inheritdoc/>
    public override double Wanted(SlimGroup group, Spectrum spectrum) => spectrum.Keep(Level);
}
