namespace SimServe.Simulator.Catalogue;

/// <summary>How a device is paid for.</summary>
public enum Pricing
{
    /// <summary>By the hour, without commitment.</summary>
    OnDemand,

    /// <summary>Committed for a year or longer.</summary>
    Reserved,

    /// <summary>Whatever is left over, and taken back at short notice.</summary>
    Spot,
}
