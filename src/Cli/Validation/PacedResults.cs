using SimServe.Simulator.Metrics;
using SimServe.Simulator.Suites;

namespace SimServe.Cli.Validation;

/// <summary>What is expected of a run at the pace that the machine had around it, by requests that are served for the purpose: shared machines are faster or slower than when their profile was measured.</summary>
/// <param name="Before">How many times as long as the profile says computation took right before the run.</param>
/// <param name="After">The same right after it.</param>
/// <param name="Simulated">The run at the mean of the two.</param>
internal sealed record PacedResults(double Before, double After, RunMetrics Simulated)
{
    public double Pace => PaceError.PaceBetween(Before, After);
}
