using System.Collections.Concurrent;
using SimServe.Cli.Simulations;
using SimServe.Policies;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Statistics;

namespace SimServe.Cli.Comparison;

/// <summary>Simulates the variants of one scenario, replication by replication, on common random numbers.</summary>
internal sealed class ComparisonJob(ComparisonPlan plan, CancellationToken cancellation)
{
    private readonly ConcurrentDictionary<string, bool> _extrapolated = new(StringComparer.Ordinal);
    private readonly int[] _failed = new int[plan.Files.Count];

    // Terms of the cost model that were asked outside the range of their samples.
    public IReadOnlyList<string> Extrapolated => [.. _extrapolated.Keys.Order(StringComparer.Ordinal)];

    // Failed requests of each variant over all its replications.
    public IReadOnlyList<int> Failed => _failed;

    // The seed of a replication: the same for every variant, whatever is varied.
    public static int SeedOf(int runSeed, int replication) => new RandomStream(runSeed, $"replication {replication}").Next();

    public SequentialResult Run(Action<int, int> looked)
    {
        try
        {
            return new SequentialComparison(plan.Options, Sample).Run(looked, cancellation);
        }
        catch (AggregateException fault) when (fault.InnerExceptions.All(static inner => inner is OperationCanceledException))
        {
            throw new OperationCanceledException(fault.Message, fault, cancellation);
        }
        catch (AggregateException fault) when (fault.InnerExceptions.OfType<InvalidInputException>().FirstOrDefault() is { } inner)
        {
            throw inner;
        }
    }

    private double Sample(int variant, int replication)
    {
        var scenario = plan.Files[variant];
        var seed = SeedOf(plan.Seed, replication);
        var simulation = scenario.Simulation(scenario.Scenario.Policies, seed, ThreadPlanners.Mine, out var fitted);
        var metrics = MeteredRun.Of(simulation, scenario.Source(seed), scenario.Scenario.Workload.Requests, cancellation);
        Note(variant, fitted, metrics);
        return plan.Metric.Of(metrics);
    }

    private void Note(int variant, FittedCostModel? fitted, RunMetrics metrics)
    {
        foreach (var term in fitted?.Extrapolated ?? [])
        {
            _extrapolated[term] = true;
        }

        Interlocked.Add(ref _failed[variant], metrics.Failed);
        if (metrics.Completed == 0)
        {
            throw new InvalidInputException(plan.Files[variant].Scenario.Name, [new InputFault(
                plan.Variation.Path, $"\"{plan.Variation.Values[variant]}\", with which no request of a replication completed", "a scenario that completes requests", "Look at its faults.")]);
        }
    }
}
