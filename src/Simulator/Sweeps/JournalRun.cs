namespace SimServe.Simulator.Sweeps;

/// <summary>A finished run in the journal.</summary>
internal sealed record JournalRun(int Point, int Replication, string Key, IReadOnlyList<double?> Metrics, IReadOnlyList<string> Extrapolated);
