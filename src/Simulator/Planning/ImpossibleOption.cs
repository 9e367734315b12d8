namespace SimServe.Simulator.Planning;

/// <summary>A kind of device that cannot meet the objective by itself.</summary>
/// <param name="Option">Index of the option.</param>
/// <param name="Reason">What binds, in words.</param>
public sealed record ImpossibleOption(int Option, string Reason);
