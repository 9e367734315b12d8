using SimServe.Policies;
using SimServe.Simulator.Metrics;

namespace SimServe.Simulator.Tests.Metrics;

public sealed class TimeSeriesTests
{
    [Test]
    public void Slices_of_a_small_timeline_are_those_worked_out_by_hand()
    {
        var slices = EventScript.Small(new RunDigestOptions { SliceLength = TimeSpan.FromSeconds(5) }).Series;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(slices.Select(static slice => slice.LengthSeconds), Is.EqualTo(new[] { 5.0, 5.0, 2.0 }));
            Assert.That(slices.Select(static slice => slice.Arrivals), Is.EqualTo(new[] { 2L, 0L, 0L }));
            Assert.That(slices.Select(static slice => slice.Completions), Is.EqualTo(new[] { 0L, 1L, 1L }));
            Assert.That(slices.Select(static slice => slice.QueueLength), Is.EqualTo(new[] { 6 / 5.0, 1 / 5.0, 0 }).Within(1e-12));
            Assert.That(slices.Select(static slice => slice.Running), Is.EqualTo(new[] { 2 / 5.0, 8 / 5.0, 1 }).Within(1e-12));
            Assert.That(slices.Select(static slice => slice.BusyShare), Is.EqualTo(new double?[] { 1 / 5.0, 1, 0 }).Within(1e-12));
            Assert.That(slices.Select(static slice => slice.BatchSize), Is.EqualTo(new double?[] { null, 6.0 / 4, 1 }));
            Assert.That(slices[1].LatencyP99Seconds, Is.EqualTo(9).Within(1.6).Percent);
            Assert.That(slices[0].LatencyP50Seconds, Is.Null);
            Assert.That(slices.Select(static slice => slice.Bytes), Is.EqualTo(new[] { 0L, 0L, 100L }));
        }
    }

    [TestCase(10)]
    [TestCase(100_000)]
    public void However_long_the_run_there_are_at_most_a_thousand_slices_that_hold_all_of_it(int requests)
    {
        var digest = new RunDigest();
        var script = new EventScript(digest);
        script.State(0, Policies.Serving.WorkerState.Ready, 0);
        for (var i = 0; i < requests; i++)
        {
            script.Pass(i, 2 * i, 1.5);
        }

        var series = digest.Complete(Instant.FromSeconds(2.0 * requests)).Series;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(series, Has.Count.InRange(500, 1000));
            Assert.That(series.Sum(static slice => slice.Arrivals), Is.EqualTo(requests));
            Assert.That(series.Sum(static slice => slice.Completions), Is.EqualTo(requests));
            Assert.That(series.Sum(static slice => slice.LengthSeconds), Is.EqualTo(2.0 * requests).Within(1e-6));
            Assert.That(series.Sum(static slice => slice.Running * slice.LengthSeconds), Is.EqualTo(1.5 * requests).Within(1e-6));
            Assert.That(series.Sum(static slice => slice.BusyShare!.Value * slice.LengthSeconds), Is.EqualTo(1.5 * requests).Within(1e-6));
        }
    }
}
