using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Plans;

/// <summary>Widths that <see cref="VarianceThreshold"/> would choose before training: what shape alone brings. A baseline.</summary>
/// <param name="threshold">The share, tau: greater than 0, at most 1.</param>
/// <remarks>From the law of Marchenko and Pastur for each group's shape; no number of the spectra but units and samples is used.</remarks>
public sealed class RandomInitWidths(double threshold) : IAdjustableStrategy
{
    /// <summary>Its name in plans.</summary>
    public const string Name = "random-init-widths";

    /// <inheritdoc/>
    public double Level { get; } = SlimStrategies.Checked(threshold, 1, nameof(threshold));

    /// <inheritdoc/>
    public double HighestLevel => 1;

    /// <inheritdoc/>
    public StrategyDescription Description => StrategyDescription.Of(Name, ("threshold", Level));

    /// <inheritdoc/>
    public IAdjustableStrategy At(double level) => new RandomInitWidths(level);

    /// <inheritdoc/>
    public SlimChoice Choose(ISlimTarget target, IReadOnlyList<Spectrum> spectra) => SlimStrategies.Rounded(this, target, spectra);

    /// <inheritdoc/>
    public double Wanted(SlimGroup group, Spectrum spectrum) => MarchenkoPastur.Keep(spectrum.Units, spectrum.DegreesOfFreedom, Level);
}
