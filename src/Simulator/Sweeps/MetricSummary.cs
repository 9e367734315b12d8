using SimServe.Simulator.Metrics;

namespace SimServe.Simulator.Sweeps;

/// <summary>A metric of a point over its replications.</summary>
/// <param name="Mean">The mean, in the metric's unit; null when a replication has no value.</param>
/// <param name="HalfWidth95">Half the width of its 95 % confidence interval (Student's t); null for fewer than 2 replications.</param>
public sealed record MetricSummary(double? Mean, double? HalfWidth95)
{
    /// <summary>The summary of moments.</summary>
    /// <param name="count">Replications that have a value.</param>
    /// <param name="replications">Replications.</param>
    /// <param name="mean">Their mean, or null.</param>
    /// <param name="deviation">Their standard deviation (divisor n - 1), or null.</param>
    public static MetricSummary Of(int count, int replications, double? mean, double? deviation) => count == replications && mean is not null
        ? new MetricSummary(mean, Confidence.MeanHalfWidth95(count, deviation ?? 0))
        : new MetricSummary(null, null);

    /// <summary>Whether the objective is met: true or false when the whole interval says so, null when it cannot be told.</summary>
    /// <param name="goal">The goal.</param>
    public bool? Meets(SweepGoal goal)
    {
        if (goal.Objective is not { } objective || Mean is not { } mean)
        {
            return Mean is null ? false : null;
        }

        // Turned so that below is good.
        var (value, bound, half) = goal.Metric.HigherIsBetter ? (-mean, -objective, HalfWidth95 ?? 0) : (mean, objective, HalfWidth95 ?? 0);
        return value + half <= bound ? true : value - half > bound ? false : null;
    }
}
