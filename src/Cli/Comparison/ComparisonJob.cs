using System.Collections.Concurrent;
using SimServe.Cli.Reports;
using SimServe.Policies;
using SimServe.Simulator;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Fleets;
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
        var files = plan.Files[variant];
        var scenario = files.Scenario with { Seed = SeedOf(plan.Seed, replication) };
        var model = files.Model.ToShape();

        // One for each run: it notes what it was asked, and runs are simultaneous.
        var costs = new FittedCostModel(plan.Profile, model);
        var simulation = new Simulation
        {
            Model = model,
            Fleet = SimulatedFleet.Of(plan.Profile.Device, costs, scenario.Fleet.Workers) with { Host = scenario.Fleet.Host },
            Policies = scenario.Policies with { Seed = scenario.Seed },
            WarmTemplates = scenario.Fleet.WarmTemplates,
            Faults = scenario.Faults,
        };
        var metrics = RunMetrics.Of(SimulatedRun.Of(simulation, scenario, files, null, cancellation));
        Note(variant, costs, metrics);
        return plan.Metric.Of(metrics);
    }

    private void Note(int variant, FittedCostModel costs, RunMetrics metrics)
    {
        foreach (var term in costs.Extrapolated)
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
