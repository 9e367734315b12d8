using SimServe.Policies;

namespace SimServe.Simulator.Workloads;

/// <summary>Decides when requests arrive.</summary>
/// <remarks>A process may remember what it drew: it serves one run, and every run gets a new one.</remarks>
public interface IArrivalProcess
{
    /// <summary>When the next request arrives.</summary>
    /// <param name="previous">The arrival before it; <see cref="Instant.Start"/> for the first.</param>
    /// <param name="random">The stream to draw from.</param>
    /// <returns>An instant not before <paramref name="previous"/>.</returns>
    Instant Next(Instant previous, RandomStream random);
}
