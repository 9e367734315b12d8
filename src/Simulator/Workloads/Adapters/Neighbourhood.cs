namespace SimServe.Simulator.Workloads.Adapters;

/// <summary>The last requests at one place, and what is special to it.</summary>
/// <param name="specialities">Numbers of its special sets of ControlNets; empty where the population has none.</param>
internal sealed class Neighbourhood(int[] specialities)
{
    private readonly PastChoice[] _past = new PastChoice[AdapterPopulation.Window];
    private long _count;

    /// <summary>Looks back.</summary>
    /// <param name="distance">1 for the last request, up to <see cref="AdapterPopulation.Window"/>.</param>
    /// <param name="past">What it used.</param>
    /// <returns>False when there have not been as many.</returns>
    public bool TryLookBack(int distance, out PastChoice past)
    {
        past = distance <= _count ? _past[(_count - distance) % _past.Length] : default;
        return distance <= _count;
    }

    /// <summary>One of its specialities, each as likely.</summary>
    /// <param name="probability">From 0 to below 1.</param>
    public int Speciality(double probability) => specialities[(int)(probability * specialities.Length)];

    public void Add(in PastChoice choice) => _past[_count++ % _past.Length] = choice;
}
