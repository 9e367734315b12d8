namespace SimServe.Simulator.Reproductions;

/// <summary>A number that somebody published and an experiment computes with.</summary>
/// <param name="Id">Its name, e.g. <c>flux.secondsPerGflop</c>.</param>
/// <param name="Values">The number, or the numbers of a table in order; finite.</param>
/// <param name="Unit">Their unit.</param>
/// <param name="Source">The citation.</param>
/// <param name="FittedOn">The published number that it was fitted on, by the authors or by us; <c>null</c>: it was stated or counted as it is.</param>
/// <param name="Note">What was assumed, or <c>null</c>.</param>
public sealed record PublishedConstant(string Id, IReadOnlyList<double> Values, string Unit, string Source, string? FittedOn, string? Note);
