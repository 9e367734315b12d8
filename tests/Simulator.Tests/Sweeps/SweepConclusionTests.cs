using SimServe.Simulator.Sweeps;

namespace SimServe.Simulator.Tests.Sweeps;

public sealed class SweepConclusionTests
{
    private static readonly SweepFile Sweep = SweepExample.Read(SweepExample.Small).Sweep;

    // Replications differ a lot, the same way for both: pairing sees through it.
    private static readonly double[] Luck = [5, 1, 4, 2, 8, 3];

    [Test]
    public void The_better_one_everywhere_is_said_in_one_sentence() => Assert.That(
        Says(Shifted(0.2), Shifted(0.2), Shifted(0.2), Shifted(0), Shifted(0), Shifted(0)),
        Is.EqualTo(new[] { "mask-aware is best at every ratePerSecond (mean-latency)." }));

    [Test]
    public void Where_luck_decides_nothing_is_claimed() => Assert.That(
        Says(Shifted(0.2), Shifted(0.2), [1, 2, 3, 1, 2, 3], Shifted(0), Shifted(0), [3, 2, 1, 2, 2, 1]),
        Is.EqualTo(new[]
        {
            "mask-aware is best at ratePerSecond 1, 2.5 (mean-latency).", "mask-aware, round-robin cannot be told apart at ratePerSecond 4 (mean-latency).",
        }));

    [Test]
    public void A_certain_difference_too_small_to_matter_is_none() => Assert.That(
        Says(Shifted(0.001), Shifted(0.001), Shifted(0.001), Shifted(0), Shifted(0), Shifted(0)),
        Is.EqualTo(new[] { "mask-aware, round-robin cannot be told apart at every ratePerSecond (mean-latency)." }));

    [Test]
    public void A_point_where_nothing_completed_is_beaten() => Assert.That(
        Says([null, 1], [1, 1], [null, null], [2, 3], [null, 1], [null, null]),
        Is.EqualTo(new[]
        {
            "mask-aware is best at ratePerSecond 1 (mean-latency).", "round-robin is best at ratePerSecond 2.5 (mean-latency).", "No request completed at ratePerSecond 4 (mean-latency).",
        }));

    [Test]
    public void One_replication_says_nothing() =>
        Assert.That(Says([1], [1], [1], [2], [2], [2]).Single(), Does.StartWith("One replication cannot tell"));

    [Test]
    public void The_frontier_is_what_no_point_beats_in_both_metrics()
    {
        var file = Sweep with { Frontier = (SweepMetric.Find("workers"), SweepMetric.Find("throughput")) };
        (double? Workers, double? Throughput)[] points = [(1, 5), (2, 5), (2, 9), (3, 8), (4, 10), (null, 99)];
        var summaries = points.Select(static point => SweepMetric.All.Select(metric => new MetricSummary(
            metric.Name == "workers" ? point.Workers : metric.Name == "throughput" ? point.Throughput : 0, null)).ToArray()).ToArray();
        Assert.That(SweepFrontier.Of(file, summaries), Is.EqualTo(new[] { 0, 2, 4 }));
    }

    [TestCase(1.0, 0.1, false, 1.2, true)]
    [TestCase(1.0, 0.3, false, 1.2, null)]
    [TestCase(1.5, 0.1, false, 1.2, false)]
    [TestCase(1.5, 0.1, true, 1.2, true)]
    [TestCase(1.0, 0.1, true, 1.2, false)]
    public void An_objective_is_met_when_the_whole_interval_says_so(double mean, double half, bool higher, double objective, bool? met) =>
        Assert.That(new MetricSummary(mean, half).Meets(new SweepGoal(SweepMetric.Find(higher ? "throughput" : "mean-latency"), objective)), Is.EqualTo(met));

    private static double?[] Shifted(double by) => [.. Luck.Select(luck => (double?)(luck + by))];

    private static IReadOnlyList<string> Says(params double?[][] latencies)
    {
        var result = SweepExample.Result(Sweep, latencies);
        return SweepConclusion.Sentences(result, SweepConclusion.Conditions(result));
    }
}
