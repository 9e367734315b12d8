using SimServe.Policies;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Metrics.WarmUps;

namespace SimServe.Simulator.Tests.Metrics;

public sealed class WarmUpTests
{
    [Test]
    public void Time_excludes_requests_that_arrived_before_and_clips_what_lies_across()
    {
        // The second request arrives at 2 s; denoising after 5 s takes 5 s, of which the segment from 4 s to 6 s holds one.
        var summary = EventScript.Small(new RunDigestOptions { WarmUp = WarmUp.Time(TimeSpan.FromSeconds(5)) });

        using (Assert.EnterMultipleScope())
        {
            Assert.That(summary.Window.StartSeconds, Is.EqualTo(5));
            Assert.That(summary.Window.Excluded, Does.Contain("first 5 s"));
            Assert.That(summary.Latency.Count, Is.Zero);
            Assert.That(summary.Workers.Single().BusySeconds, Is.EqualTo(5));
            Assert.That(summary.Rates.TimeAveragedGpus, Is.EqualTo(1));
            Assert.That(summary.Rates.AverageQueueLength, Is.EqualTo(1 / 7.0).Within(1e-12));
            Assert.That(summary.Rates.RequestThroughput, Is.EqualTo(2 / 7.0).Within(1e-12));
            Assert.That(summary.Injected, Is.EqualTo(2));
            Assert.That(summary.Verdict.Failures, Is.Empty);
        }
    }

    [Test]
    public void Share_excludes_the_first_requests_and_the_time_before_the_next_arrived()
    {
        var summary = EventScript.Small(new RunDigestOptions { WarmUp = WarmUp.Share(0.5, 2) });

        using (Assert.EnterMultipleScope())
        {
            Assert.That(summary.Window.StartSeconds, Is.EqualTo(2));
            Assert.That(summary.Latency.Count, Is.EqualTo(1));
            Assert.That(summary.Latency.Mean, Is.EqualTo(10));
            Assert.That(summary.Rates.AverageQueueLength, Is.EqualTo(5 / 10.0).Within(1e-12));
        }
    }

    [Test]
    public void Mser_leaves_out_what_differs_at_the_start_and_nothing_of_a_series_that_does_not()
    {
        double[] settled = [.. Enumerable.Range(0, 40).Select(static i => i % 2 == 0 ? 1.0 : 1.1)];

        using (Assert.EnterMultipleScope())
        {
            Assert.That(MarginalStandardError.Choose([9, 6, 3, .. settled]), Is.EqualTo((3, true)));
            Assert.That(MarginalStandardError.Choose(settled).Truncate, Is.LessThanOrEqualTo(1));
        }
    }

    [Test]
    public void Mser_says_when_a_series_never_settles()
    {
        double[] growing = [.. Enumerable.Range(0, 40).Select(static i => (double)i)];

        Assert.That(MarginalStandardError.Choose(growing), Is.EqualTo((20, false)));
    }

    [Test]
    public void A_run_suggests_how_much_of_it_was_warm_up_however_long_it_is([Values(200, 30_000)] int requests)
    {
        // The first tenth takes four times as long.
        var digest = new RunDigest();
        var script = new EventScript(digest);
        for (var i = 0; i < requests; i++)
        {
            script.Pass(i, 5 * i, (i < requests / 10 ? 4 : 1) + (0.01 * (i % 7)));
        }

        var suggested = digest.Complete(Instant.FromSeconds(5 * requests)).Window.Suggested!;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(suggested.IsSettled, Is.True);
            Assert.That(suggested.Completions, Is.EqualTo(requests / 10).Within(5).Percent);
            Assert.That(suggested.Seconds, Is.EqualTo(5 * requests / 10).Within(5).Percent);
            Assert.That(suggested.ToWarmUp().Reason, Does.Contain("MSER-5"));
        }
    }
}
