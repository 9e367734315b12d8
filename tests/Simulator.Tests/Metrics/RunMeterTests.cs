using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Metrics;

namespace SimServe.Simulator.Tests.Metrics;

/// <summary>The numbers of a run, worked out while it goes on.</summary>
public sealed class RunMeterTests
{
    [Test]
    public void Numbers_of_a_small_timeline_are_those_worked_out_by_hand()
    {
        var meter = new RunMeter();
        EventScript.PlaySmall(meter);
        var metrics = meter.Close(EventScript.At(12));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((metrics.Latency.Mean, metrics.Latency.Max, metrics.Queueing.Mean), Is.EqualTo((9.5, 10, 4)));
            Assert.That((metrics.BatchSize.Count, metrics.BatchSize.Max), Is.EqualTo((6, 2)));
            Assert.That(metrics.BatchSize.Mean, Is.EqualTo(8.0 / 6).Within(1e-15));
            Assert.That((metrics.Completed, metrics.Failed, metrics.RequestSteps, metrics.CacheBytes), Is.EqualTo((2, 0, 8, 100)));
            Assert.That((metrics.MakespanSeconds, metrics.Throughput), Is.EqualTo((12, 2.0 / 12)));
            Assert.That(metrics.Attainment, Is.EqualTo(0.5), "9 s and 10 s, where 9.5 s were promised");
        }
    }

    [Test]
    public void A_request_that_failed_has_no_latency_and_broke_its_promise()
    {
        var meter = new RunMeter();
        var script = new EventScript(meter) { Class = new ServiceClass("gold", 1, TimeSpan.FromSeconds(20)) };
        script.Finish(script.Record(1, 0, 5, 5, 5, 5, 5, 8, 9));
        script.Finish(script.Record(0, 0, 3, 3, 3, 3, 3, 8, 10) with { Outcome = RequestOutcome.Failed });
        var metrics = meter.Close(EventScript.At(10));
        Assert.That((metrics.Completed, metrics.Failed, metrics.Latency.Mean, metrics.Attainment), Is.EqualTo((1, 1, 4, 0.5)));
        Assert.That(metrics.MakespanSeconds, Is.EqualTo(7), "from the first arrival, whichever ended first");
    }

    [Test]
    public void A_request_that_was_cancelled_is_counted_apart_and_breaks_a_promise_only_when_that_had_ended()
    {
        var meter = new RunMeter();
        var script = new EventScript(meter) { Class = new ServiceClass("gold", 1, TimeSpan.FromSeconds(5)) };
        script.Finish(script.Record(0, 0, 1, 1, 1, 1, 1, 3, 4));
        script.Finish(script.Record(1, 0, 1, 1, 1, 1, 1, 3, 4) with { Outcome = RequestOutcome.Cancelled });
        script.Finish(script.Record(2, 0, 1, 1, 1, 1, 1, 3, 9) with { Outcome = RequestOutcome.Cancelled });
        var metrics = meter.Close(EventScript.At(10));
        Assert.That((metrics.Completed, metrics.Failed, metrics.Cancelled, metrics.Latency.Mean, metrics.Attainment), Is.EqualTo((1, 0, 2, 3, 0.5)));
    }

    [Test]
    public void Without_requests_there_is_nothing()
    {
        var metrics = new RunMeter().Close(EventScript.At(1));
        Assert.That((metrics.Latency, metrics.BatchSize, metrics.Throughput, metrics.Attainment), Is.EqualTo((Distribution.Empty, Distribution.Empty, 0.0, (double?)null)));
    }

    [Test]
    public void Counts_are_summarised_as_the_samples_that_they_count([Values(0, 1, 2, 5, 40)] int most)
    {
        var random = new RandomStream(3, "counts");
        long[] counts = [.. Enumerable.Range(0, 9).Select(_ => (long)(random.NextDouble() * (most + 1)))];
        double[] samples = [.. counts.SelectMany(static (count, value) => Enumerable.Repeat((double)value, (int)count))];
        var (expected, found) = (Distribution.Of(samples), Distribution.OfCounts(counts));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((found.Count, found.Min, found.Max), Is.EqualTo((expected.Count, expected.Min, expected.Max)));
            Assert.That(found.P50, Is.EqualTo(expected.P50).Within(1e-9), "definition 7 on both sides");
            Assert.That(found.P95, Is.EqualTo(expected.P95).Within(1e-9));
            Assert.That(found.P99, Is.EqualTo(expected.P99).Within(1e-9));
            Assert.That(found.Mean, Is.EqualTo(expected.Mean).Within(1e-12));
            Assert.That(found.StandardDeviation, Is.EqualTo(expected.StandardDeviation).Within(1e-12));
        }
    }

    [Test]
    public void A_negative_count_is_refused() => Assert.That(static () => Distribution.OfCounts([1, -1]), Throws.TypeOf<ArgumentOutOfRangeException>());
}
