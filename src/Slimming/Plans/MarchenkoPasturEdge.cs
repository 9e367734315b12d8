using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Plans;

/// <summary>Keeps as many units as there are energies above what noise alone would reach.</summary>
/// <param name="scale">What their number is multiplied with: greater than 0, at most 1000. A budget turns it.</param>
/// <remarks>See <see cref="MarchenkoPastur.AboveEdge"/>. Groups without any such energy fall to their minimum.</remarks>
public sealed class MarchenkoPasturEdge(double scale = 1) : AdjustableStrategy(scale, 1000, nameof(scale))
{
    /// <summary>Its name in plans.</summary>
    public const string Name = "marchenko-pastur-edge";

    /// <inheritdoc/>
    public override StrategyDescription Description => StrategyDescription.Of(Name, ("scale", Level));

    /// <inheritdoc/>
    public override AdjustableStrategy At(double level) => new MarchenkoPasturEdge(level);

    /// <inheritdoc/>
    public override double Wanted(SlimGroup group, Spectrum spectrum) => Level * MarchenkoPastur.AboveEdge(spectrum);
}
