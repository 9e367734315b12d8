namespace SimServe.Simulator.Suites;

/// <summary>What a case gave.</summary>
/// <param name="Name">Its name.</param>
/// <param name="RatePerSecond">Requests that arrived per second.</param>
/// <param name="Terms">Parts of its mean latency in both worlds.</param>
/// <param name="Repetitions">Its repetitions.</param>
public sealed record CaseResult(string Name, double RatePerSecond, IReadOnlyList<TermError> Terms, IReadOnlyList<RepetitionResult> Repetitions)
{
    /// <summary>Errors in the order of <see cref="SuiteMetrics{T}.Names"/>.</summary>
    public IReadOnlyList<MetricError> Errors() => [.. Enumerable.Range(0, SuiteMetrics<double>.Names.Count).Select(metric => MetricError.Of(
        [.. Repetitions.Select(run => (run.Predicted.ToList()[metric].Mean, run.Measured.ToList()[metric]))]))];

    /// <summary>Errors that would be left if the device's pace in every run had been known, in the same order.</summary>
    public IReadOnlyList<MetricError> ErrorsAtOwnPace() => [.. Enumerable.Range(0, SuiteMetrics<double>.Names.Count).Select(metric => MetricError.Of(
        [.. Repetitions.Select(run => (run.AtOwnPace.ToList()[metric], run.Measured.ToList()[metric]))]))];

    /// <summary>Share of the steps that a replay decides alike, from 0 to 1.</summary>
    public double Decisions() => Repetitions.Sum(static run => run.Steps) is var steps && steps == 0 ? 1 : (double)Repetitions.Sum(static run => run.Agreed) / steps;

    /// <summary>What contributes most to the error of the mean latency.</summary>
    public TermError? Largest() => Terms.MaxBy(static term => Math.Abs(term.Difference));
}
