using System.Globalization;
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
        return faults.Count == 0
            ? new ComparisonPlan(variation!, files!, metric, options with { Variants = files.Length })
            : throw new InvalidInputException(scenario, [.. faults.Distinct()]);
    }

    private static void CheckOptions(SequentialOptions options, List<InputFault> faults)
    {
        if (options.MostReplications is < LookSchedule.First or > 1_000_000)
        {
            faults.Add(new InputFault("--replications-max", Show(options.MostReplications), "a whole number from 8 to 1000000", "Write one in that range."));
        }

        if (options.Confidence is not (>= 0.5 and <= 0.9999))
        {
            faults.Add(new InputFault("--confidence", Show(options.Confidence), "a number from 0.5 to 0.9999", "Write for example 0.95."));
        }

        if (options.Indifference is not (>= 0 and <= 1))
        {
            faults.Add(new InputFault("--indifference", Show(options.Indifference), "a share from 0 to 1", "Write for example 0.01."));
        }

        if (options.Threads is < 1 or > 1024)
        {
            faults.Add(new InputFault("--parallel", Show(options.Threads), "a whole number from 1 to 1024", "Write one in that range."));
        }
    }

    private static string Show(double number) => number.ToString(CultureInfo.InvariantCulture);
}
