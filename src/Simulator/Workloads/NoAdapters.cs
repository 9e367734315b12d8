using SimServe.Policies;

namespace SimServe.Simulator.Workloads;

/// <summary>No request uses an adapter; draws nothing.</summary>
public sealed class NoAdapters : IAdapterPopulation
{
    /// <summary>Name in scenario files.</summary>
    public const string Name = "none";

    /// <inheritdoc/>
    public AdapterSet Next(RandomStream random) => AdapterSet.None;
}
