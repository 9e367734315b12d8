namespace SimServe.Simulator.Sweeps;

/// <summary>Which sweep a folder belongs to.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Key">A hash of all that its runs depend on.</param>
/// <param name="Runs">How many runs it has.</param>
public sealed record SweepIdentity(string Name, string Key, int Runs);
