using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Plans;

/// <summary>Keeps as many units as there are energies above what noise alone would reach.</summary>
/// <param name="scale">What their number is multiplied with: greater than 0, at most 1000. A budget turns it.</param>
/// <remarks>See <see cref="MarchenkoPastur.AboveEdge"/>. Groups without any such energy fall to their minimum.</remarks>
public sealed class MarchenkoPasturEdge(double scale = 1) : IAdjustableStrategy
{
    /// <summary>Its name in plans.</summary>
    public const string Name = "marchenko-pastur-edge";

    /// <inheritdoc/>
    public double Level { get; } = SlimStrategies.Checked(scale, 1000, nameof(scale));

    /// <inheritdoc/>
    public double HighestLevel => 1000;

    /// <inheritdoc/>
    public StrategyDescription Description => StrategyDescription.Of(Name, ("scale", Level));

    /// <inheritdoc/>
    public IAdjustableStrategy At(double level) => new MarchenkoPasturEdge(level);

    /// <inheritdoc/>
    public SlimChoice Choose(ISlimTarget target, IReadOnlyList<Spectrum> spectra) => SlimStrategies.Rounded(this, target, spectra);

    /// <inheritdoc/>
    public double Wanted(SlimGroup group, Spectrum spectrum) => Level * MarchenkoPastur.AboveEdge(spectrum);
}
