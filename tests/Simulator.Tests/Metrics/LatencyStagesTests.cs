using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Metrics.Sketches;
using SimServe.Simulator.Metrics.Stages;
using SimServe.Simulator.Tests.Devices;

namespace SimServe.Simulator.Tests.Metrics;

public sealed class LatencyStagesTests
{
    [Test]
    public void Stages_of_every_request_of_a_simulation_sum_to_its_latency_to_the_tick([Values] bool warm, [Values("static", "continuous", "naive-continuous")] string batching)
    {
        var run = (TestWorkload.Simulation(TestWorkload.Poisson(300, 8, 11), policies: new PolicyOptions { Batching = batching, MaxBatchSize = 4 }) with
        {
            WarmTemplates = warm,
            Faults = [new LostWorker(Instant.FromSeconds(10), 0)],
        }).Run().Serving;
        var stages = new TimeSpan[LatencyStages.Count];
        var waitedForCaches = false;
        foreach (var record in run.Records.Where(static record => record.Outcome == RequestOutcome.Completed))
        {
            var split = LatencyStages.TrySplit(record, stages);
            Assert.That(split, Is.True, $"{record}");
            Assert.That(stages.Sum(static stage => stage.Ticks), Is.EqualTo((record.FinishedAt - record.ArrivedAt).Ticks), $"{record}");
            waitedForCaches |= stages[(int)LatencyStage.CacheLoad] > TimeSpan.Zero;
        }

        Assert.That(waitedForCaches, Is.Not.EqualTo(warm));
    }

    [Test]
    public void TrySplit_refuses_a_record_with_a_missing_or_negative_part()
    {
        var script = new EventScript(new RunDigest());
        var (record, stages) = (script.Record(0, 0, 0, 1, 2, 3, 3, 4, 5), new TimeSpan[LatencyStages.Count]);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(LatencyStages.TrySplit(record, stages), Is.True);
            Assert.That(LatencyStages.TrySplit(record with { ReadyAt = null }, stages), Is.False);
            Assert.That(LatencyStages.TrySplit(record with { CacheWait = TimeSpan.FromSeconds(1.5) }, stages), Is.False);
        }
    }

    [Test]
    public void The_stage_that_makes_the_tail_comes_first_with_what_p99_would_be_without_it()
    {
        // Every tenth request waits 9 s for a cache; all compute for 1 s.
        var digest = new RunDigest();
        var script = new EventScript(digest);
        for (var i = 0; i < 500; i++)
        {
            script.Pass(i, 10 * i, 1, i % 10 == 0 ? 9 : 0);
        }

        var tail = digest.Complete(EventScript.At(5000)).Tail;
        var first = tail.Causes[0];

        using (Assert.EnterMultipleScope())
        {
            Assert.That(first.Stage, Is.EqualTo("cache_load"));
            Assert.That(tail.Requests, Is.EqualTo(50));
            Assert.That(tail.P99, Is.EqualTo(10).Within(100 * TickSketch.RelativeError).Percent);
            Assert.That(first.ShareOfTail, Is.EqualTo(0.9).Within(1e-12));
            Assert.That(first.P99Without, Is.EqualTo(1).Within(100 * TickSketch.RelativeError).Percent);
            Assert.That(tail.Causes[1].Stage, Is.EqualTo("compute"));
            Assert.That(tail.Causes[1].P99Without, Is.EqualTo(9).Within(100 * TickSketch.RelativeError).Percent);
            Assert.That(tail.Causes.Skip(2).Select(static cause => cause.Saved), Is.All.Zero);
            var slowest = digest.Complete(default).Bands[^1];
            Assert.That((slowest.Requests, slowest.Seconds["cache_load"], slowest.Seconds["compute"]), Is.EqualTo((50, 9.0, 1.0)));
            Assert.That(tail.Causes.Sum(static cause => cause.ShareOfTail), Is.EqualTo(1).Within(1e-12));
        }
    }
}
