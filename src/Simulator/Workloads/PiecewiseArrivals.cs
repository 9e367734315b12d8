using MathNet.Numerics.Distributions;
using SimServe.Policies;

namespace SimServe.Simulator.Workloads;

/// <summary>A Poisson process whose rate is constant in pieces: a profile that repeats, or one that ends in a rate for good.</summary>
/// <remarks>
/// By inversion, exactly: one exponential number is drawn per request, and time runs until the area under the rate has grown by it.
/// O(pieces) per request.
/// </remarks>
public sealed class PiecewiseArrivals : IArrivalProcess
{
    private readonly RatePiece[] _pieces;
    private readonly double? _rateAfterwards;
    private readonly long _ticks;
    private readonly double _area;

    private PiecewiseArrivals(IReadOnlyList<RatePiece> pieces, double? rateAfterwards)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        (_pieces, _rateAfterwards) = ([.. pieces], rateAfterwards);
        foreach (var piece in _pieces)
        {
            ArrivalChecks.Positive(piece.Length.TotalSeconds);
            ArrivalChecks.NotNegative(piece.RequestsPerSecond);
        }

        _ticks = _pieces.Sum(static piece => piece.Length.Ticks);
        _area = _pieces.Sum(static piece => piece.Length.TotalSeconds * piece.RequestsPerSecond);
    }

    /// <summary>The pieces again and again.</summary>
    /// <param name="pieces">At least one with a rate above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A length or a rate is out of range, or all rates are 0.</exception>
    public static PiecewiseArrivals Repeating(IReadOnlyList<RatePiece> pieces)
    {
        var process = new PiecewiseArrivals(pieces, null);
        ArrivalChecks.Positive(process._area, "The number of requests expected in one repetition");
        return process;
    }

    /// <summary>The pieces once, then one rate for good.</summary>
    /// <param name="pieces">Any number, also none.</param>
    /// <param name="rateAfterwards">Rate after the last piece in requests/s, finite and greater than 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A length or a rate is out of range.</exception>
    public static PiecewiseArrivals Ending(IReadOnlyList<RatePiece> pieces, double rateAfterwards)
    {
        ArrivalChecks.Positive(rateAfterwards);
        return new PiecewiseArrivals(pieces, rateAfterwards);
    }

    /// <inheritdoc/>
    public Instant Next(Instant previous, RandomStream random)
    {
        var wanted = Exponential.Sample(random, 1);
        var (piece, left) = At(previous);
        var gap = WholeRepetitions(ref wanted);
        while (RateOf(piece) * left is var area && (area < wanted || area == 0))
        {
            wanted -= area;
            gap += left;
            (piece, left) = After(piece);
        }

        return previous + Duration.FromSeconds(gap + (wanted / RateOf(piece)));
    }

    private double WholeRepetitions(ref double wanted)
    {
        if (_rateAfterwards is not null)
        {
            return 0;
        }

        var repetitions = Math.Floor(wanted / _area);
        wanted = Math.Max(0, wanted - (repetitions * _area));
        return repetitions * _ticks / TimeSpan.TicksPerSecond;
    }

    private (int Piece, double SecondsLeft) At(Instant instant)
    {
        var ticks = _rateAfterwards is null ? instant.Ticks % _ticks : instant.Ticks;
        var piece = 0;
        while (piece < _pieces.Length && ticks >= _pieces[piece].Length.Ticks)
        {
            ticks -= _pieces[piece++].Length.Ticks;
        }

        return (piece, SecondsOf(piece) - ((double)ticks / TimeSpan.TicksPerSecond));
    }

    private (int Piece, double SecondsLeft) After(int piece)
    {
        var next = _rateAfterwards is null ? (piece + 1) % _pieces.Length : piece + 1;
        return (next, SecondsOf(next));
    }

    private double RateOf(int piece) => piece < _pieces.Length ? _pieces[piece].RequestsPerSecond : _rateAfterwards!.Value;

    private double SecondsOf(int piece) => piece < _pieces.Length ? _pieces[piece].Length.TotalSeconds : double.PositiveInfinity;
}
