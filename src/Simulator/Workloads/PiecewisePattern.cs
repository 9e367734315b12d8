namespace SimServe.Simulator.Workloads;

/// <summary>A rate that is constant in pieces, which repeat.</summary>
/// <param name="Pieces">At least one, at least one of them with a multiplier above 0.</param>
public sealed record PiecewisePattern(IReadOnlyList<PatternPiece> Pieces) : ArrivalPattern
{
    /// <summary>Name in scenario files.</summary>
    public const string Kind = "piecewise";

    /// <inheritdoc/>
    public override IArrivalProcess Create(double requestsPerSecond) =>
        PiecewiseArrivals.Repeating([.. Pieces.Select(piece => piece.At(requestsPerSecond))]);
}
