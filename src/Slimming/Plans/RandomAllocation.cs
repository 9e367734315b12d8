using SimServe.Policies;
using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Plans;

/// <summary>Keeps a share of each group's units that was drawn for it. A baseline: what any uneven allocation of the same size would bring.</summary>
/// <param name="seed">The seed; every group draws from a stream of its own name, so groups that come or go change no other.</param>
/// <param name="level">How much is kept: greater than 0, at most 1, where all is. A budget turns it.</param>
/// <remarks>share = level^e, with e drawn once for each group, its logarithm uniform from that of 1/4 to that of 4.</remarks>
public sealed class RandomAllocation(long seed, double level = 0.5) : IAdjustableStrategy
{
    /// <summary>Its name in plans.</summary>
    public const string Name = "random-allocation";

    /// <inheritdoc/>
    public double Level { get; } = SlimStrategies.Checked(level, 1, nameof(level));

    /// <inheritdoc/>
    public double HighestLevel => 1;

    /// <inheritdoc/>
    public StrategyDescription Description => StrategyDescription.Of(Name, ("level", Level)) with { Seed = seed };

    /// <inheritdoc/>
    public IAdjustableStrategy At(double level) => new RandomAllocation(seed, level);

    /// <inheritdoc/>
    public SlimChoice Choose(ISlimTarget target, IReadOnlyList<Spectrum> spectra) => SlimStrategies.Rounded(this, target, spectra);

    /// <inheritdoc/>
    public double Wanted(SlimGroup group, Spectrum spectrum) =>
        group.Units * Math.Pow(Level, Math.Pow(4, (2 * new RandomStream(seed, $"allocation/{group.Name}").NextDouble()) - 1));
}
