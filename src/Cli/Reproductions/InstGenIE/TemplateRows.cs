using System.Globalization;
using SimServe.Policies.Caches;
using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Reproductions.InstGenIE;

/// <summary>Beyond the paper: 970 templates in a quarter of the paper's host memory, by what leaves it first.</summary>
/// <remarks>Workers of a profile sit in one host and share its memory, so that routers that look for templates have nothing to choose here.</remarks>
internal static class TemplateRows
{
    private const string Scenario = "ootd-templates";

    public static void Add(MeasurementBook book, ScenarioRuns runs)
    {
        foreach (var eviction in new[] { LeastRecentlyUsedEviction.PolicyName, LeastFrequentlyUsedEviction.PolicyName, BenefitWeightedEviction.PolicyName })
        {
            var numbers = runs.Of(Scenario, PublishedProfiles.Ootd, $"fleet.host.eviction={eviction}");
            book.Add($"cache.{eviction}", numbers.P95Latency.Mean, SimulatedNumbers.Half(numbers.P95Latency), string.Create(
                CultureInfo.InvariantCulture, $"Mean {numbers.MeanLatency.Mean:0.00} s; {100 * numbers.CacheWaits.Mean:0.0} % of requests stand in a batch that waits for a template."));
        }
    }
}
