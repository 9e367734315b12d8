using SimServe.Policies;
using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Plans;

/// <summary>Keeps a share of each group's units that was drawn for it. A baseline: what any uneven allocation of the same size would bring.</summary>
/// <param name="seed">The seed; every group draws from a stream of its own name, so groups that come or go change no other.</param>
/// <param name="level">How much is kept: greater than 0, at most 1, where all is. A budget turns it.</param>
/// <remarks>share = level^e, with e drawn once for each group, its logarithm uniform from that of 1/4 to that of 4.</remarks>
public sealed class RandomAllocation(long seed, double level = 0.5) : AdjustableStrategy(level, 1, nameof(level))
{
    /// <summary>Its name in plans.</summary>
    public const string Name = "random-allocation";

    /// <inheritdoc/>
    public override StrategyDescription Description => StrategyDescription.Of(Name, ("level", Level)) with { Seed = seed };

    /// <inheritdoc/>
    public override AdjustableStrategy At(double level) => new RandomAllocation(seed, level);

    /// <inheritdoc/>
    public override double Wanted(SlimGroup group, Spectrum spectrum) =>
        group.Units * Math.Pow(Level, Math.Pow(4, (2 * new RandomStream(seed, $"allocation/{group.Name}").NextDouble()) - 1));
}
