namespace SimServe.Slimming.Plans;

/// <summary>What the energies of a plan were measured on.</summary>
public enum EnergySource
{
    /// <summary>The units' weights: no data is needed.</summary>
    Weights,

    /// <summary>The covariance of the units' activations over time steps.</summary>
    Activations,

    /// <summary>The units' weights times a factor of their inputs' second moment.</summary>
    Whitened,
}
