using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Plans;

/// <summary>A strategy with one number that all groups share, which a budget can turn until the size is right.</summary>
/// <param name="level">The number: greater than 0, at most <paramref name="highest"/>.</param>
/// <param name="highest">The largest number that makes sense.</param>
/// <param name="name">What the number is called in messages.</param>
/// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
public abstract class AdjustableStrategy(double level, double highest, string name) : ISlimStrategy
{
    /// <summary>The number: greater than 0, at most <see cref="HighestLevel"/>. No group gets narrower as it grows.</summary>
    public double Level { get; } = SlimStrategies.Checked(level, highest, name);

    /// <summary>The largest number that makes sense.</summary>
    public double HighestLevel { get; } = highest;

    /// <summary>What the strategy is called, with its numbers.</summary>
    public abstract StrategyDescription Description { get; }

    /// <summary>The same strategy with another number.</summary>
    /// <param name="level">Greater than 0, at most <see cref="HighestLevel"/>.</param>
    public abstract AdjustableStrategy At(double level);

    /// <inheritdoc/>
    public SlimChoice Choose(ISlimTarget target, IReadOnlyList<Spectrum> spectra)
    {
        SlimStrategies.Check(target, spectra);
        return new SlimChoice(RoundedWidths(target, spectra), Description);
    }

    /// <summary>Units that it would keep, before they are rounded to an allowed width.</summary>
    /// <param name="group">The group.</param>
    /// <param name="spectrum">Its energies.</param>
    public abstract double Wanted(SlimGroup group, Spectrum spectrum);

    internal int[] RoundedWidths(ISlimTarget target, IReadOnlyList<Spectrum> spectra) =>
        [.. target.Groups.Select((group, index) => group.Width(Wanted(group, spectra[index])))];
}
