using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Plans;

/// <summary>Widths that <see cref="VarianceThreshold"/> would choose before training: what shape alone brings. A baseline.</summary>
/// <param name="threshold">The share, tau: greater than 0, at most 1.</param>
/// <remarks>From the law of Marchenko and Pastur for each group's shape; no number of the spectra but units and samples is used.</remarks>
public sealed class RandomInitWidths(double threshold) : AdjustableStrategy(threshold, 1, nameof(threshold))
{
    /// <summary>Its name in plans.</summary>
    public const string Name = "random-init-widths";

    /// <inheritdoc/>
    public override StrategyDescription Description => StrategyDescription.Of(Name, ("threshold", Level));

    /// <inheritdoc/>
    public override AdjustableStrategy At(double level) => new RandomInitWidths(level);

    /// <inheritdoc/>
    public override double Wanted(SlimGroup group, Spectrum spectrum) => MarchenkoPastur.Keep(spectrum.Units, spectrum.DegreesOfFreedom, Level);
}
