namespace SimServe.Simulator.Workloads.Adapters;

/// <summary>ControlNets that requests use together.</summary>
/// <param name="Share">Share of requests that use exactly these, from 0 to 1.</param>
/// <param name="Repeat">Probability that a request which looks back at one with this set uses it again, from 0 to below 1.</param>
/// <param name="ControlNets">Their numbers, from 0, the most popular; may be empty.</param>
internal sealed record ControlNetSet(double Share, double Repeat, params int[] ControlNets)
{
    /// <summary>Whether a neighbourhood knows only some of these sets, its specialities, and uses them in place of the others.</summary>
    public bool IsSpecial { get; init; }
}
