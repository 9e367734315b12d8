using SimServe.Cli.Simulations;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Statistics;

namespace SimServe.Cli.Comparison;

/// <summary>Reads a comparison with all its faults.</summary>
internal static class ComparisonPlanReader
{
    public static ComparisonPlan Read(
        string scenario, string? profile, string vary, IReadOnlyList<string> settings, ComparisonMetric metric, SequentialOptions options)
    {
        var faults = new List<InputFault>();
        var variation = Variation.Parse(vary, faults);
        CheckOptions(options, faults);
        var files = (variation?.Values.Select(value => $"{variation.Path}={value}") ?? [])
            .Select(setting => faults.Try(() => SimulatedScenario.Read(scenario, [.. settings, setting], profile))).ToArray();
        faults.ThrowIfAny(scenario);
        return new ComparisonPlan(variation!, files!, metric, options with { Variants = files.Length });
    }

    private static void CheckOptions(SequentialOptions options, List<InputFault> faults)
    {
        faults.CheckWhole("--replications-max", options.MostReplications, LookSchedule.First, 1_000_000);
        faults.CheckNumber("--confidence", options.Confidence, 0.5, 0.9999);
        faults.CheckNumber("--indifference", options.Indifference, 0, 1);
        faults.CheckThreads(options.Threads);
    }
}
