using SimServe.Simulator.Metrics;

namespace SimServe.Simulator.Statistics;

/// <summary>Two variants compared on the same replications: the second's metric minus the first's.</summary>
/// <remarks>
/// Student's t interval of the mean of the paired differences (Law, "Simulation Modeling and Analysis", 5th edition, section 10.2.1, the
/// paired-t interval): replications must be independent, and the mean of the differences about normal. The two variants of one
/// replication may depend on each other, and should.
/// </remarks>
public sealed record PairedComparison
{
    /// <summary>Replications of each variant.</summary>
    public required int Replications { get; init; }

    /// <summary>Mean of the first variant, in the metric's unit.</summary>
    public required double FirstMean { get; init; }

    /// <summary>Mean of the second variant, in the metric's unit.</summary>
    public required double SecondMean { get; init; }

    /// <summary>Mean difference, second minus first, in the metric's unit.</summary>
    public required double Difference { get; init; }

    /// <summary>Lower end of its interval.</summary>
    public required double Low { get; init; }

    /// <summary>Upper end of its interval.</summary>
    public required double High { get; init; }

    /// <summary>Differences nearer to zero do not matter, in the metric's unit, at least 0.</summary>
    public required double Indifference { get; init; }

    /// <summary>
    /// Share of the variance that pairing removed: <c>1 - var(second - first) / (var(first) + var(second))</c>, at most 1. Negative when
    /// pairing did harm; null when nothing varied.
    /// </summary>
    public required double? VarianceRemoved { get; init; }

    /// <summary>What that says. A difference that is certain but smaller than the indifference is none worth mentioning.</summary>
    public Verdict Verdict => this switch
    {
        _ when Low >= -Indifference && High <= Indifference => Verdict.NoDifference,
        _ when High < 0 => Verdict.SecondIsLower,
        _ when Low > 0 => Verdict.FirstIsLower,
        _ => Verdict.CannotTellYet,
    };

    /// <summary>Compares samples.</summary>
    /// <param name="first">The first variant's metric by replication, at least 2 finite numbers.</param>
    /// <param name="second">The second variant's, as many.</param>
    /// <param name="error">Probability that the interval may miss, above 0 and below 1.</param>
    /// <param name="indifference">Differences below this share of the first variant's mean do not matter, at least 0.</param>
    public static PairedComparison Of(ReadOnlySpan<double> first, ReadOnlySpan<double> second, double error, double indifference)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(first.Length, 2);
        ArgumentOutOfRangeException.ThrowIfNotEqual(second.Length, first.Length);
        ArgumentOutOfRangeException.ThrowIfNegative(indifference);
        var (a, b, d) = (Distribution.Of(first), Distribution.Of(second), Distribution.Of(Differences(first, second)));
        var half = Confidence.MeanHalfWidth(d.Count, d.StandardDeviation, error)!.Value;
        return new PairedComparison
        {
            Replications = d.Count,
            FirstMean = a.Mean,
            SecondMean = b.Mean,
            Difference = d.Mean,
            Low = d.Mean - half,
            High = d.Mean + half,
            Indifference = indifference * Math.Abs(a.Mean),
            VarianceRemoved = Removed(Square(a.StandardDeviation) + Square(b.StandardDeviation), Square(d.StandardDeviation)),
        };
    }

    private static double[] Differences(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        var differences = new double[first.Length];
        for (var i = 0; i < differences.Length; i++)
        {
            differences[i] = second[i] - first[i];
        }

        return differences;
    }

    private static double? Removed(double independent, double paired) => independent > 0 ? 1 - (paired / independent) : null;

    private static double Square(double value) => value * value;
}
