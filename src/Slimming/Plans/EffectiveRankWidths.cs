using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Plans;

/// <summary>Keeps units in proportion to each group's effective rank.</summary>
/// <param name="scale">What the effective rank is multiplied with: greater than 0, at most 1000. A budget turns it.</param>
/// <remarks>See <see cref="Spectrum.EffectiveRank"/>. Unlike a threshold it weighs all energies.</remarks>
public sealed class EffectiveRankWidths(double scale = 1) : IAdjustableStrategy
{
    /// <summary>Its name in plans.</summary>
    public const string Name = "effective-rank";

    /// <inheritdoc/>
    public double Level { get; } = SlimStrategies.Checked(scale, 1000, nameof(scale));

    /// <inheritdoc/>
    public double HighestLevel => 1000;

    /// <inheritdoc/>
    public StrategyDescription Description => StrategyDescription.Of(Name, ("scale", Level));

    /// <inheritdoc/>
    public IAdjustableStrategy At(double level) => new EffectiveRankWidths(level);

    /// <inheritdoc/>
    public SlimChoice Choose(ISlimTarget target, IReadOnlyList<Spectrum> spectra) => SlimStrategies.Rounded(this, target, spectra);

    /// <inheritdoc/>
    public double Wanted(SlimGroup group, Spectrum spectrum) => Level * spectrum.EffectiveRank;
}
