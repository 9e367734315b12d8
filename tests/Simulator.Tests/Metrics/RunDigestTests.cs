using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Metrics.Fleets;
using SimServe.Simulator.Metrics.Sketches;
using SimServe.Simulator.Metrics.WarmUps;
using SimServe.Simulator.Tests.Devices;

namespace SimServe.Simulator.Tests.Metrics;

public sealed class RunDigestTests
{
    [Test]
    public void Rates_of_a_small_timeline_are_those_worked_out_by_hand()
    {
        var summary = EventScript.Small(new RunDigestOptions { Rates = static _ => new WorkerRates(3600, 1000, 100) });
        var rates = summary.Rates;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(summary.Verdict.Failures, Is.Empty);
            Assert.That(summary.Window.Seconds, Is.EqualTo(12));
            Assert.That(rates.RequestThroughput, Is.EqualTo(2.0 / 12));
            Assert.That(rates.RequestGoodput, Is.EqualTo(1.0 / 12));
            Assert.That(rates.SloAttainment, Is.EqualTo(0.5));
            Assert.That(rates.StepThroughput, Is.EqualTo(6.0 / 12));
            Assert.That(rates.RequestStepThroughput, Is.EqualTo(8.0 / 12));
            Assert.That(rates.AverageBatchSize, Is.EqualTo(8.0 / 6));
            Assert.That(rates.AverageQueueLength, Is.EqualTo((3 + 4) / 12.0).Within(1e-12));
            Assert.That(rates.AverageRunning, Is.EqualTo((6 + 6) / 12.0).Within(1e-12));
            Assert.That(rates.TimeAveragedGpus, Is.EqualTo(1));
            Assert.That(rates.GpuSecondsPerImage, Is.EqualTo(6));
            Assert.That(rates.BusyGpuSecondsPerImage, Is.EqualTo(3));
            Assert.That(rates.GpuBusyShare, Is.EqualTo(0.5));
            Assert.That(rates.CacheStallShare, Is.EqualTo(1.0 / 12));
            Assert.That(rates.BytesMoved, Is.EqualTo(100));
            Assert.That(rates.Dollars, Is.EqualTo(12).Within(1e-9));
            Assert.That(rates.DollarsPer1kImages, Is.EqualTo(6000).Within(1e-6));
            Assert.That(rates.DollarsPer1kGoodImages, Is.EqualTo(12000).Within(1e-6));
            Assert.That(rates.EnergyKwh, Is.EqualTo(((6 * 1000) + (6 * 100)) / 3.6e6).Within(1e-12));
        }
    }

    // One worker that is on for the run's 12 s, and two images.
    [TestCase(1, 0, 6, 3)]
    [TestCase(2, 0, 12, 6)]
    [TestCase(1, 3, 24, 3)]
    [TestCase(2, 2, 24, 6)]
    public void Gpus_of_a_worker_and_those_beside_the_workers_count(int perWorker, int beside, double seconds, double busySeconds)
    {
        var rates = EventScript.Small(new RunDigestOptions { GpusPerWorker = perWorker, GpusBeside = beside }).Rates;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(rates.GpuSecondsPerImage, Is.EqualTo(seconds));
            Assert.That(rates.BusyGpuSecondsPerImage, Is.EqualTo(busySeconds));
            Assert.That(rates.TimeAveragedGpus, Is.EqualTo(perWorker + beside));
            Assert.That(rates.GpuHours, Is.EqualTo((perWorker + beside) * 12 / 3600.0).Within(1e-12));
            Assert.That(rates.ImageThroughputPerGpu, Is.EqualTo(1 / seconds).Within(1e-12));
        }
    }

    // The run is measured from its sixth second on.
    [Test]
    public void Gpus_beside_the_workers_count_in_the_measured_window_only()
    {
        var rates = EventScript.Small(new RunDigestOptions { GpusBeside = 2, WarmUp = WarmUp.Time(TimeSpan.FromSeconds(6)) }).Rates;
        Assert.That(rates.TimeAveragedGpus, Is.EqualTo(3));
        Assert.That(rates.GpuHours, Is.EqualTo(3 * 6 / 3600.0).Within(1e-12));
    }

    [Test]
    public void Numbers_of_gpus_out_of_range_are_refused()
    {
        Assert.That(() => new RunDigest(new RunDigestOptions { GpusPerWorker = 0 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new RunDigest(new RunDigestOptions { GpusBeside = -1 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Stages_of_a_small_timeline_are_those_worked_out_by_hand()
    {
        var summary = EventScript.Small();
        double Mean(string stage) => summary.Stages[stage].Mean;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Mean("gateway_queue"), Is.EqualTo(0.5));
            Assert.That(Mean("prepare"), Is.EqualTo(1.5));
            Assert.That(Mean("batch_wait"), Is.EqualTo(1.5));
            Assert.That(Mean("cache_load"), Is.EqualTo(0.5));
            Assert.That(Mean("adapter_swap"), Is.Zero);
            Assert.That(Mean("compute"), Is.EqualTo(4));
            Assert.That(Mean("delivery"), Is.EqualTo(1.5));
            Assert.That(summary.Latency.Mean, Is.EqualTo(9.5));
            Assert.That(summary.Latency.P50, Is.EqualTo(9.5));
            Assert.That(summary.Queueing.Mean, Is.EqualTo(4));
            Assert.That(summary.BatchSizes, Is.EqualTo(new BatchSizeCount[] { new(1, 4, 4.0 / 6), new(2, 2, 2.0 / 6) }));
        }
    }

    [Test]
    public void Without_objectives_prices_and_workers_numbers_are_absent_rather_than_zero()
    {
        var summary = new RunDigest().Complete(EventScript.At(1));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(summary.Rates.SloAttainment, Is.Null);
            Assert.That(summary.Rates.RequestGoodput, Is.Null);
            Assert.That(summary.Rates.Dollars, Is.Null);
            Assert.That(summary.Rates.GpuSecondsPerImage, Is.Null);
            Assert.That(summary.Rates.FairnessServed, Is.Null);
            Assert.That(summary.Window.Suggested, Is.Null);
            Assert.That(summary.Verdict.IsSound, Is.True);
        }
    }

    [Test]
    public void Outcomes_of_a_run_that_is_cut_off_with_failures_sum_to_the_injected_requests([Range(1, 8)] int cutOff)
    {
        var digest = new RunDigest();
        var simulation = TestWorkload.Simulation(TestWorkload.Poisson(60, 12, 5)) with
        {
            Faults = [new LostWorker(Instant.FromSeconds(2), 0)],
            CutOff = Instant.FromSeconds(cutOff),
        };
        var run = simulation.Stream(new ListedRequests(simulation.Requests), digest);
        var summary = digest.Complete(run.End.At);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(summary.Verdict.Failures, Is.Empty);
            Assert.That(summary.Injected, Is.EqualTo(run.End.Requests));
            Assert.That(summary.Outcomes.Values.Sum(), Is.EqualTo(summary.Injected));
        }
    }

    [Test]
    public void Digest_of_a_simulation_agrees_with_the_metrics_of_the_same_run_kept_whole(
        [Values("static", "continuous", "naive-continuous")] string batching, [Values] bool warm)
    {
        var policies = new PolicyOptions { Batching = batching, MaxBatchSize = 4 };
        var digest = new RunDigest();
        var run = (TestWorkload.Simulation(TestWorkload.Poisson(300, 7, 3), policies: policies) with { WarmTemplates = warm }).Run(digest).Serving;
        var (summary, metrics) = (digest.Complete(run.EndedAt), RunMetrics.Of(run));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(summary.Verdict.Failures, Is.Empty);
            Assert.That(summary.Latency.Count, Is.EqualTo(metrics.Completed));
            Assert.That(summary.Latency.RelativeError, Is.Zero);
            Assert.That(summary.Latency.Mean, Is.EqualTo(metrics.Latency.Mean).Within(1e-9));
            Assert.That(summary.Latency.Std, Is.EqualTo(metrics.Latency.StandardDeviation).Within(1e-9));
            Assert.That(summary.Latency.P99, Is.EqualTo(metrics.Latency.P99).Within(1e-9));
            Assert.That(summary.Queueing.P95, Is.EqualTo(metrics.Queueing.P95).Within(1e-9));
            Assert.That(summary.Rates.BytesMoved, Is.EqualTo(metrics.CacheBytes));
            Assert.That(summary.Rates.AverageBatchSize, Is.EqualTo(metrics.BatchSize.Mean).Within(1e-9));
            Assert.That(summary.Workers.Sum(static worker => worker.RequestSteps), Is.EqualTo(metrics.RequestSteps));
            Assert.That(summary.Stages.Values.Sum(static stage => stage.Mean), Is.EqualTo(summary.Latency.Mean).Within(1e-9));
        }
    }

    [Test]
    public void Nothing_is_allocated_per_event_in_steady_state()
    {
        var digest = new RunDigest(new RunDigestOptions { SliceLength = TimeSpan.FromSeconds(1) });
        var script = new EventScript(digest);
        var (request, record) = (script.Request(0, 0), script.Record(0, 0, 0, 0, 0, 0, 0, 1, 1) with { DeviceTime = TimeSpan.FromSeconds(1) });
        var fleet = new Policies.Routing.FleetView(new Policies.Routing.WorkerSnapshot(new WorkerId(0), 0, []));
        var plan = new StepPlan([new StepMember(new RequestId(0), new TemplateId(0), 1, 0, 4)], new Policies.Pipelines.PlannedStep([], 0, TimeSpan.FromSeconds(1), 0));
        var id = new RequestId[1];

        void Serve(int number)
        {
            var now = EventScript.At(number);
            id[0] = new RequestId(number);
            var next = request with { Id = id[0], ArrivesAt = now };
            digest.Arrived(next);
            digest.Routed(next, fleet, 0, now);
            digest.Admitted(new WorkerId(0), 0, id, now);
            digest.Denoised(new BatchSegment(new WorkerId(0), now, now + TimeSpan.FromSeconds(1), plan, 4, 0));
            digest.Finished(record with
            {
                Request = next,
                ArrivedAt = now,
                RoutedAt = now,
                ReadyAt = now,
                JoinedAt = now,
                StartedAt = now,
                DenoisedAt = now + TimeSpan.FromSeconds(1),
                FinishedAt = now + TimeSpan.FromSeconds(1),
            });
        }

        // Past the samples that are kept exactly, and past the first thousand slices.
        const int First = TickSketch.ExactSamples + 100;
        for (var i = 0; i < First; i++)
        {
            Serve(i);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = First; i < First + 10_000; i++)
        {
            Serve(i);
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.That(allocated, Is.Zero);
        Assert.That(digest.Complete(EventScript.At(First + 10_000)).Verdict.Failures, Is.Empty);
    }
}
