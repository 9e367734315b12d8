using SimServe.Simulator.Metrics;

namespace SimServe.Simulator.Suites;

/// <summary>What a suite gave, as it is kept in a file.</summary>
public sealed record SuiteResults
{
    /// <summary>Version of the file format.</summary>
    public const int CurrentSchema = 1;

    /// <summary>Version of the file format.</summary>
    public int Schema { get; init; } = CurrentSchema;

    /// <summary>The suite's name.</summary>
    public required string Suite { get; init; }

    /// <summary>The day it was run.</summary>
    public required DateOnly Date { get; init; }

    /// <summary>Processor, operating system and library versions it was run with.</summary>
    public required string Environment { get; init; }

    /// <summary>The seal of the profile that predicted.</summary>
    public required string Profile { get; init; }

    /// <summary>How far predictions may be off.</summary>
    public required SuiteBounds Bounds { get; init; }

    /// <summary>Standard deviation of the logarithm of a run's pace around the mean of the paces before and after it.</summary>
    public required double PaceError { get; init; }

    /// <summary>The cases.</summary>
    public required IReadOnlyList<CaseResult> Cases { get; init; }

    /// <summary>Measurements inside their 90 % intervals, and all of them.</summary>
    public (int Covered, int All) Coverage()
    {
        RepetitionResult[] runs = [.. Cases.SelectMany(static one => one.Repetitions)];
        return (runs.Sum(static run => run.Covered), runs.Length * SuiteMetrics<double>.Names.Count);
    }

    /// <summary>Whether nine of ten measurements lie inside their intervals, as far as so many measurements can tell.</summary>
    public bool CoverageHolds()
    {
        var (covered, all) = Coverage();
        var (low, high) = Confidence.Wilson95(covered, all);
        return low <= 0.9 && 0.9 <= high;
    }

    /// <summary>Mean magnitude of a metric's error over the cases.</summary>
    /// <param name="metric">Its place among <see cref="SuiteMetrics{T}.Names"/>.</param>
    public double MeanError(int metric) => Cases.Average(one => Math.Abs(one.Errors()[metric].Error));

    /// <summary>The same of the errors that would be left if the device's pace in every run had been known.</summary>
    /// <param name="metric">Its place among <see cref="SuiteMetrics{T}.Names"/>.</param>
    public double MeanErrorAtOwnPace(int metric) => Cases.Average(one => Math.Abs(one.ErrorsAtOwnPace()[metric].Error));

    /// <summary>Everything that is out of bounds, in words.</summary>
    public IEnumerable<string> Misses()
    {
        double[] bounds = [Bounds.LatencyMean, Bounds.LatencyP95, Bounds.Throughput];
        foreach (var one in Cases)
        {
            foreach (var (error, metric) in one.Errors().Select(static (error, metric) => (error, metric)))
            {
                if (Math.Abs(error.Error) > bounds[metric])
                {
                    yield return FormattableString.Invariant(
                        $"{one.Name}: {SuiteMetrics<double>.Names[metric].Name} off by {error.Error:+0.0%;-0.0%}, {bounds[metric]:0.#%} allowed; by {one.ErrorsAtOwnPace()[metric].Error:+0.0%;-0.0%} at the pace of the runs themselves{Blame(one)}");
                }
            }

            if (one.Decisions() < Bounds.Decisions)
            {
                yield return FormattableString.Invariant($"{one.Name}: {one.Decisions():0.0%} of the steps decided alike, {Bounds.Decisions:0.#%} asked; {one.Repetitions.First(static run => run.Divergence is not null).Divergence}");
            }
        }

        if (!CoverageHolds())
        {
            var (covered, all) = Coverage();
            yield return FormattableString.Invariant($"{covered} of {all} measurements lie inside their 90 % intervals, which is not nine of ten");
        }
    }

    private static string Blame(CaseResult one) => one.Largest() is { } term
        ? FormattableString.Invariant($"; most of it {term.Term}, predicted {1000 * term.Predicted:0.0} and measured {1000 * term.Measured:0.0} ms of a request")
        : "";
}
