using SimServe.Simulator.Metrics;

namespace SimServe.Simulator.Tests.Metrics;

public sealed class ReplicatedMetricsTests
{
    [Test]
    public void Means_and_intervals_are_Students()
    {
        // Latencies 1, 2 and 3 s: mean 2, deviation 1, t(0.975, 2) = 4.302653.
        var replicated = ReplicatedMetrics.Of([.. Enumerable.Range(1, 3).Select(static i => Run(i))]);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(replicated["e2e_latency_avg"].Mean, Is.EqualTo(2));
            Assert.That(replicated["e2e_latency_avg"].HalfWidth95, Is.EqualTo(4.302653 / Math.Sqrt(3)).Within(1e-6));
            Assert.That(replicated["slo_attainment"].Mean, Is.Null);
            Assert.That(replicated["slo_attainment"].Count, Is.Zero);
            Assert.That(replicated.Verdict.IsSound, Is.True);
        }
    }

    [Test]
    public void One_broken_replication_breaks_the_verdict()
    {
        var broken = new RunDigest();
        new EventScript(broken).Arrive(0, 0);

        Assert.That(ReplicatedMetrics.Of([Run(1), broken.Complete(EventScript.At(1))]).Verdict.IsSound, Is.False);
    }

    [Test]
    public void Names_are_unique_and_the_same_for_every_run()
    {
        var names = ScalarList.Of(Run(1)).Select(static scalar => scalar.Name).ToArray();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(names, Is.Unique);
            Assert.That(ScalarList.Of(EventScript.Small()).Select(static scalar => scalar.Name), Is.EqualTo(names));
            Assert.That(names, Is.SupersetOf(new[] { "request_throughput", "request_goodput", "slo_attainment", "e2e_latency_p99", "e2e_latency_p99_9", "dollars_per_1k_good_images" }));
        }
    }

    private static RunSummary Run(double seconds)
    {
        var digest = new RunDigest();
        new EventScript(digest).Pass(0, 0, seconds);
        return digest.Complete(EventScript.At(10));
    }
}
