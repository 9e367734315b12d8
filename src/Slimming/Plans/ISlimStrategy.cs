using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Plans;

/// <summary>Says how many units of each group stay, from their energies alone; which ones is a selection's business.</summary>
public interface ISlimStrategy
{
    /// <summary>Chooses widths.</summary>
    /// <param name="target">The model.</param>
    /// <param name="spectra">Energies of each group, in the target's order.</param>
    /// <returns>Allowed widths; the same ones for the same input, always.</returns>
    /// <exception cref="ArgumentException">The spectra are not those of the groups.</exception>
    /// <exception cref="SlimmingException">It cannot be done; the message says why.</exception>
    SlimChoice Choose(ISlimTarget target, IReadOnlyList<Spectrum> spectra);
}
