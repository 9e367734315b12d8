using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Plans;

/// <summary>Keeps units by how many a threshold keeps of the group relative to how many it would keep of one that has learned nothing.</summary>
/// <param name="threshold">The share of variance at which they are compared, tau: greater than 0, at most 1.</param>
/// <param name="scale">What the ratio is multiplied with: greater than 0, at most 100.</param>
/// <remarks>
/// width = n * min(1, scale * m(tau) / m0(tau)), with m(tau) the units that hold the share in the group and m0(tau) those that would in independent weights
/// of the same shape (<see cref="MarchenkoPastur"/>). At a scale of 1 a group that has learned nothing keeps all its units, whatever its shape, and one whose variance is in
/// half as many directions keeps half. A budget turns the scale; tau stays.
/// </remarks>
public sealed class MarchenkoPasturExcess(double threshold, double scale = 1) : AdjustableStrategy(scale, 100, nameof(scale))
{
    /// <summary>Its name in plans.</summary>
    public const string Name = "marchenko-pastur-excess";

    private readonly double _threshold = SlimStrategies.Checked(threshold, 1, nameof(threshold));

    /// <inheritdoc/>
    public override StrategyDescription Description => StrategyDescription.Of(Name, ("threshold", _threshold), ("scale", Level));

    /// <inheritdoc/>
    public override AdjustableStrategy At(double level) => new MarchenkoPasturExcess(_threshold, level);

    /// <inheritdoc/>
    public override double Wanted(SlimGroup group, Spectrum spectrum)
    {
        var nothingLearned = MarchenkoPastur.Keep(spectrum.Units, spectrum.DegreesOfFreedom, _threshold);
        return spectrum.Units * Math.Min(1, Level * spectrum.Keep(_threshold) / nothingLearned);
    }
}
