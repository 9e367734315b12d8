namespace SimServe.Simulator.Catalogue;

/// <summary>What an hour of one device costs.</summary>
/// <param name="Pricing">How it is paid for.</param>
/// <param name="UsdPerHour">Dollars per device and hour, and whose list price that is.</param>
/// <param name="AsOf">When the list was read. Prices move: give a plan your own where it matters.</param>
public sealed record DevicePrice(Pricing Pricing, Sourced UsdPerHour, DateOnly AsOf);
