using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Plans;

/// <summary>A strategy with one number that all groups share, which a budget can turn until the size is right.</summary>
public interface IAdjustableStrategy : ISlimStrategy
{
    /// <summary>The number: greater than 0, at most <see cref="HighestLevel"/>. No group gets narrower as it grows.</summary>
    double Level { get; }

    /// <summary>The largest number that makes sense.</summary>
    double HighestLevel { get; }

    /// <summary>What the strategy is called, with its numbers.</summary>
    StrategyDescription Description { get; }

    /// <summary>The same strategy with another number.</summary>
    /// <param name="level">Greater than 0, at most <see cref="HighestLevel"/>.</param>
    IAdjustableStrategy At(double level);

    /// <summary>Units that it would keep, before they are rounded to an allowed width.</summary>
    /// <param name="group">The group.</param>
    /// <param name="spectrum">Its energies.</param>
    double Wanted(SlimGroup group, Spectrum spectrum);
}
