namespace SimServe.Simulator.Traces;

/// <summary>How often things with names occur in a trace.</summary>
/// <param name="Distinct">How many there are.</param>
/// <param name="PerRequest">Occurrences over requests.</param>
/// <param name="TopShare">The most frequent one's share of all occurrences, from 0 to 1; 0 when there are none.</param>
public readonly record struct NameDescription(int Distinct, double PerRequest, double TopShare);
