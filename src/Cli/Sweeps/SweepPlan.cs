using SimServe.Simulator.Sweeps;

namespace SimServe.Cli.Sweeps;

/// <summary>A sweep, read and checked at every point.</summary>
/// <param name="File">The sweep file.</param>
/// <param name="Points">The points of the grid.</param>
/// <param name="Simulations">What runs each point.</param>
/// <param name="Identity">Which sweep it is.</param>
/// <param name="Tasks">All runs, replication by replication of each point.</param>
/// <param name="Seeds">The seed of each replication.</param>
/// <param name="Settings">Settings of the scenario at every point.</param>
internal sealed record SweepPlan(
    SweepFile File,
    IReadOnlyList<SweepPoint> Points,
    IReadOnlyList<PointSimulation> Simulations,
    SweepIdentity Identity,
    IReadOnlyList<SweepTask> Tasks,
    IReadOnlyList<int> Seeds,
    IReadOnlyList<string> Settings)
{
    public IReadOnlyList<string> SettingsOf(SweepPoint point) => [.. Settings, .. File.SettingsOf(point)];
}
