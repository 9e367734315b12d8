namespace SimServe.Simulator.Planning;

/// <summary>A kind of device in a plan file.</summary>
/// <param name="Device">Its name in the catalogue.</param>
/// <param name="Pricing">How it is paid for.</param>
/// <param name="UsdPerHour">Dollars per device and hour in place of the catalogue's, or <c>null</c>.</param>
/// <param name="Most">Most of them that can be had.</param>
public sealed record PlanCandidate(string Device, string Pricing, double? UsdPerHour, int Most);
