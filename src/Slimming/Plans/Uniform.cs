using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Plans;

/// <summary>Keeps the same share of the units of every group. The baseline to beat.</summary>
/// <param name="share">Greater than 0, at most 1.</param>
public sealed class Uniform(double share) : IAdjustableStrategy
{
    /// <summary>Its name in plans.</summary>
    public const string Name = "uniform";

    /// <inheritdoc/>
    public double Level { get; } = SlimStrategies.Checked(share, 1, nameof(share));

    /// <inheritdoc/>
    public double HighestLevel => 1;

    /// <inheritdoc/>
    public StrategyDescription Description => StrategyDescription.Of(Name, ("share", Level));

    /// <inheritdoc/>
    public IAdjustableStrategy At(double level) => new Uniform(level);

    /// <inheritdoc/>
    public SlimChoice Choose(ISlimTarget target, IReadOnlyList<Spectrum> spectra) => SlimStrategies.Rounded(this, target, spectra);

    /// <inheritdoc/>
    public double Wanted(SlimGroup group, Spectrum spectrum) => Level * group.Units;
}
