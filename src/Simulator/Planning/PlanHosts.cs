using SimServe.Simulator.Fleets;

namespace SimServe.Simulator.Planning;

/// <summary>The machines that a plan's workers sit in. Workers of two kinds never share one.</summary>
public sealed record PlanHosts
{
    /// <summary>Workers in one host, at least 1; the last host of a kind may have fewer.</summary>
    /// <value>8.</value>
    public int WorkersPerHost { get; init; } = 8;

    /// <summary>Whether every template is recorded before the first request.</summary>
    /// <value><c>true</c>.</value>
    public bool WarmTemplates { get; init; } = true;

    /// <summary>What each has: memory and disk for templates' caches, and the links to them.</summary>
    public HostOptions Host { get; init; } = new();
}
