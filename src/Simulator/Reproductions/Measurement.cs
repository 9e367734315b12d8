namespace SimServe.Simulator.Reproductions;

/// <summary>What an experiment got for a row.</summary>
/// <param name="Row">Name of the row.</param>
/// <param name="Value">The number, in the row's unit; finite.</param>
/// <param name="HalfWidth">Half the width of its 95 % interval over replications, or <c>null</c>.</param>
/// <param name="Finding">What varying the unknowns gave, or <c>null</c>.</param>
public sealed record Measurement(string Row, double Value, double? HalfWidth = null, string? Finding = null);
