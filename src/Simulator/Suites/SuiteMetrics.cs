using SimServe.Simulator.Metrics;

namespace SimServe.Simulator.Suites;

/// <summary>The numbers that a suite judges.</summary>
/// <typeparam name="T">A number, or a prediction of it.</typeparam>
/// <param name="LatencyMean">Mean latency, seconds.</param>
/// <param name="LatencyP95">95 % quantile of latency, seconds.</param>
/// <param name="Throughput">Completed requests/s.</param>
public sealed record SuiteMetrics<T>(T LatencyMean, T LatencyP95, T Throughput)
{
    /// <summary>Their names and units, in order.</summary>
#pragma warning disable CA1000 // Of every kind of numbers alike.
    public static IReadOnlyList<(string Name, string Unit)> Names { get; } = [("mean latency", "s"), ("p95 latency", "s"), ("throughput", "1/s")];
#pragma warning restore CA1000

    /// <summary>In the order of <see cref="Names"/>.</summary>
    public IReadOnlyList<T> ToList() => [LatencyMean, LatencyP95, Throughput];
}

/// <summary>Makes <see cref="SuiteMetrics{T}"/>.</summary>
public static class SuiteMetrics
{
    /// <summary>Of a run.</summary>
    /// <param name="run">Its numbers.</param>
    public static SuiteMetrics<double> Of(RunMetrics run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return new SuiteMetrics<double>(run.Latency.Mean, run.Latency.P95, run.Throughput);
    }
}
