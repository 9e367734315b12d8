namespace SimServe.Simulator.Catalogue;

/// <summary>Which share of its peak a device is taken to reach when nothing was published of it.</summary>
/// <param name="Like">Name of a device that reaches the same share, or <c>null</c>.</param>
/// <param name="Share">The share, in (0, 1], where <paramref name="Like"/> is <c>null</c>.</param>
/// <param name="Reason">Why.</param>
public sealed record EfficiencyFallback(string? Like, double Share, string Reason);
