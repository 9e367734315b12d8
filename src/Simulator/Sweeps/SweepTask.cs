namespace SimServe.Simulator.Sweeps;

/// <summary>One run to do: a replication of a point.</summary>
/// <param name="Point">Index of the point.</param>
/// <param name="Replication">The replication, from 0.</param>
/// <param name="Key">A hash of all that the result depends on.</param>
public sealed record SweepTask(int Point, int Replication, string Key);
