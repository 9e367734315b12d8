namespace SimServe.Cli.Sweeps;

/// <summary>What the command line asks of a sweep.</summary>
/// <param name="File">The sweep file.</param>
/// <param name="Settings">Settings of the scenario at every point.</param>
/// <param name="Threads">Runs at a time.</param>
/// <param name="Resume">Whether to take over finished runs.</param>
/// <param name="Folder">The results' folder, or null for the default one.</param>
internal sealed record SweepRequest(string File, IReadOnlyList<string> Settings, int Threads, bool Resume, string? Folder);
