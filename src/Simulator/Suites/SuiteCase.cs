namespace SimServe.Simulator.Suites;

/// <summary>One case of a suite: its scenario with some values in place of its own.</summary>
/// <param name="Name">Name for reports.</param>
/// <param name="Load">Requests that arrive over those that workers with full batches could serve at most, or <c>null</c> where the scenario says how many arrive.</param>
/// <param name="Settings">Values in place of the scenario's: <c>path=value</c>.</param>
public sealed record SuiteCase(string Name, double? Load, IReadOnlyList<string> Settings);
