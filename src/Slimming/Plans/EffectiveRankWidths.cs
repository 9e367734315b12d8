using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Plans;

/// <summary>Keeps units in proportion to each group's effective rank.</summary>
/// <param name="scale">What the effective rank is multiplied with: greater than 0, at most 1000. A budget turns it.</param>
/// <remarks>See <see cref="Spectrum.EffectiveRank"/>. Unlike a threshold it weighs all energies.</remarks>
public sealed class EffectiveRankWidths(double scale = 1) : AdjustableStrategy(scale, 1000, nameof(scale))
{
    /// <summary>Its name in plans.</summary>
    public const string Name = "effective-rank";

    /// <inheritdoc/>
    public override StrategyDescription Description => StrategyDescription.Of(Name, ("scale", Level));

    /// <inheritdoc/>
    public override AdjustableStrategy At(double level) => new EffectiveRankWidths(level);

    /// <inheritdoc/>
    public override double Wanted(SlimGroup group, Spectrum spectrum) => Level * spectrum.EffectiveRank;
}
