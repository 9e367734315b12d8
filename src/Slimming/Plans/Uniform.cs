using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Plans;

/// <summary>Keeps the same share of the units of every group. The baseline to beat.</summary>
/// <param name="share">Greater than 0, at most 1.</param>
public sealed class Uniform(double share) : AdjustableStrategy(share, 1, nameof(share))
{
    /// <summary>Its name in plans.</summary>
    public const string Name = "uniform";

    /// <inheritdoc/>
    public override StrategyDescription Description => StrategyDescription.Of(Name, ("share", Level));

    /// <inheritdoc/>
    public override AdjustableStrategy At(double level) => new Uniform(level);

    /// <inheritdoc/>
    public override double Wanted(SlimGroup group, Spectrum spectrum) => Level * group.Units;
}
