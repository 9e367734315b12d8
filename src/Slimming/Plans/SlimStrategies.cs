using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Plans;

/// <summary>What all strategies do alike.</summary>
public static class SlimStrategies
{
    /// <summary>Widths alone.</summary>
    /// <param name="strategy">The strategy.</param>
    /// <param name="target">The model.</param>
    /// <param name="spectra">Energies of each group, in the target's order.</param>
    public static IReadOnlyList<int> Widths(this ISlimStrategy strategy, ISlimTarget target, IReadOnlyList<Spectrum> spectra)
    {
        ArgumentNullException.ThrowIfNull(strategy);
        return strategy.Choose(target, spectra).Widths;
    }

    internal static void Check(ISlimTarget target, IReadOnlyList<Spectrum> spectra)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(spectra);
        if (spectra.Count != target.Groups.Count)
        {
            throw new ArgumentException($"There are {target.Groups.Count} groups and {spectra.Count} spectra; give one for each group.", nameof(spectra));
        }

        for (var index = 0; index < spectra.Count; index++)
        {
            if (spectra[index].Units != target.Groups[index].Units)
            {
                throw new ArgumentException($"{target.Groups[index].Name} has {target.Groups[index].Units} units and its spectrum {spectra[index].Units}.", nameof(spectra));
            }
        }
    }

    internal static double Checked(double level, double highest, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(level, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, highest, name);
        return level;
    }
}
