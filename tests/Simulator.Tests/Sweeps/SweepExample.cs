using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Sweeps;

namespace SimServe.Simulator.Tests.Sweeps;

/// <summary>Sweeps without a simulator: files read from text, results with given latencies.</summary>
internal static class SweepExample
{
    public const string Small =
        """
        {
          // Two policies at three loads.
          "scenario": "scenario.json",
          "vary": { "policies.routing": ["round-robin", "mask-aware"], "workload.ratePerSecond": [1, 2.5, 4] },
        }
        """;

    public static (SweepFile Sweep, List<InputFault> Faults) Read(string text)
    {
        var folder = Directory.CreateTempSubdirectory("simserve-sweep-");
        try
        {
            var file = Path.Combine(folder.FullName, "small.json");
            File.WriteAllText(file, text);
            File.WriteAllText(Path.Combine(folder.FullName, "scenario.json"), "{}");
            var faults = new List<InputFault>();
            return (SweepReader.Read(file, faults), faults);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // Mean latency of every point by replication; null where nothing completed.
    public static SweepResult Result(SweepFile sweep, params double?[][] latencies) => new(
        sweep with { Replications = latencies[0].Length },
        sweep.Points(),
        [.. Enumerable.Range(0, latencies[0].Length)],
        [.. latencies.Select(static point => point.Select(Sample).ToArray())]);

    public static SweepSample Sample(double? latency) => new([latency, .. SweepMetric.All.Skip(1).Select(static (_, index) => (double?)index)], []);
}
