namespace SimServe.Simulator.Reproductions;

/// <summary>Why ours differs from the paper's number by more than the tolerance, and how far that reason reaches.</summary>
/// <param name="Least">Least ratio of ours to the target that it covers; below 0 where ours may have the other sign.</param>
/// <param name="Most">Greatest ratio that it covers, above <paramref name="Least"/>.</param>
/// <param name="Text">The reason: of the physics or of the set-up.</param>
/// <remarks>A reason without bounds would excuse whatever comes out: beyond them the row is missed.</remarks>
public sealed record MissReason(double Least, double Most, string Text);
