using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Frames;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Tests.Devices;
using SimServe.Simulator.Tests.Metrics;

namespace SimServe.Simulator.Tests.Frames;

public sealed class RunFramesTests
{
    private static readonly ServingResult Run = TestWorkload.Simulation(TestWorkload.Poisson(50, 6, 1)).Run().Serving;

    private static readonly ServingResult FailedRun = (TestWorkload.Simulation(TestWorkload.Poisson(50, 8, 5)) with
    {
        Faults = [new LostWorker(Instant.FromSeconds(2), 0), new LostWorker(Instant.FromSeconds(3), 1)],
    }).Run().Serving;

    [Test]
    public void Requests_has_one_row_per_request_with_its_instants_in_seconds()
    {
        var frame = RunFrames.Requests(Run);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(frame.Rows.Count, Is.EqualTo(Run.Records.Count));
            for (var i = 0; i < Run.Records.Count; i++)
            {
                var record = Run.Records[i];
                Assert.That(frame["Request"][i], Is.EqualTo(record.Request.Id.Value));
                Assert.That(frame["Worker"][i], Is.EqualTo(record.Worker!.Value.Value));
                Assert.That(frame["Template"][i], Is.EqualTo(record.Request.Template.Value));
                Assert.That(frame["Width"][i], Is.EqualTo(record.Request.Mask.Grid.Width));
                Assert.That(frame["Height"][i], Is.EqualTo(record.Request.Mask.Grid.Height));
                Assert.That(frame["MaskRatio"][i], Is.EqualTo(record.Request.Mask.Ratio));
                Assert.That(frame["Steps"][i], Is.EqualTo(record.Request.Steps));
                Assert.That(frame["ArrivedSeconds"][i], Is.EqualTo(record.ArrivedAt.TotalSeconds));
                Assert.That(frame["StartedSeconds"][i], Is.EqualTo(record.StartedAt!.Value.TotalSeconds));
                Assert.That(frame["DenoisedSeconds"][i], Is.EqualTo(record.DenoisedAt!.Value.TotalSeconds));
                Assert.That(frame["FinishedSeconds"][i], Is.EqualTo(record.FinishedAt.TotalSeconds));
                Assert.That(frame["Outcome"][i], Is.EqualTo("Completed"));
            }
        }
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Mean_of_a_column_is_the_metric_of_the_run(bool failing)
    {
        var run = failing ? FailedRun : Run;
        var (frame, metrics) = (RunFrames.Requests(run), RunMetrics.Of(run));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(metrics.Failed > 0, Is.EqualTo(failing));
            Assert.That(frame["LatencySeconds"].Mean(), Is.EqualTo(metrics.Latency.Mean).Within(1e-9));
            Assert.That(frame["QueueingSeconds"].Mean(), Is.EqualTo(metrics.Queueing.Mean).Within(1e-9));
        }
    }

    [Test]
    public void Requests_that_never_started_have_nulls()
    {
        var frame = RunFrames.Requests(FailedRun);
        var last = FailedRun.Records.Count - 1;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(frame["Outcome"][last], Is.EqualTo("Failed"));
            foreach (var column in new[] { "Worker", "StartedSeconds", "DenoisedSeconds", "LatencySeconds", "QueueingSeconds" })
            {
                Assert.That(frame[column][last], Is.Null, column);
            }
        }
    }

    [Test]
    public void Requests_has_the_instants_of_every_stage()
    {
        var frame = RunFrames.Requests(Run);

        using (Assert.EnterMultipleScope())
        {
            for (var i = 0; i < Run.Records.Count; i++)
            {
                var record = Run.Records[i];
                Assert.That(frame["RoutedSeconds"][i], Is.EqualTo(record.RoutedAt!.Value.TotalSeconds));
                Assert.That(frame["ReadySeconds"][i], Is.EqualTo(record.ReadyAt!.Value.TotalSeconds));
                Assert.That(frame["JoinedSeconds"][i], Is.EqualTo(record.JoinedAt!.Value.TotalSeconds));
                Assert.That(frame["DeviceSeconds"][i], Is.EqualTo(record.DeviceTime.TotalSeconds));
                Assert.That(frame["Class"][i], Is.EqualTo("default"));
            }
        }
    }

    [Test]
    public void Slices_has_one_row_per_slice_of_the_time_series()
    {
        var summary = EventScript.Small(new RunDigestOptions { SliceLength = TimeSpan.FromSeconds(5) });
        var frame = RunFrames.Slices(summary);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(frame.Rows.Count, Is.EqualTo(3));
            Assert.That(frame["BatchSize"][0], Is.Null);
            Assert.That(frame["BatchSize"][1], Is.EqualTo(1.5));
            Assert.That(frame["Completions"][2], Is.EqualTo(1));
        }
    }

    [Test]
    public void Segments_has_one_row_per_segment()
    {
        var frame = RunFrames.Segments(Run);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(frame.Rows.Count, Is.EqualTo(Run.Segments.Count));
            for (var i = 0; i < Run.Segments.Count; i++)
            {
                var segment = Run.Segments[i];
                Assert.That(frame["Worker"][i], Is.EqualTo(segment.Worker.Value));
                Assert.That(frame["StartSeconds"][i], Is.EqualTo(segment.Start.TotalSeconds));
                Assert.That(frame["EndSeconds"][i], Is.EqualTo(segment.End.TotalSeconds));
                Assert.That(frame["Steps"][i], Is.EqualTo(segment.Steps));
                Assert.That(frame["BatchSize"][i], Is.EqualTo(segment.BatchSize));
                Assert.That(frame["MaskedTokens"][i], Is.EqualTo(segment.Plan.Members.Sum(static member => member.MaskedTokens)));
                Assert.That(frame["PredictedStepSeconds"][i], Is.EqualTo(segment.Plan.StepTime.TotalSeconds));
                Assert.That((int)frame["CachedBlocks"][i] + (int)frame["RecomputedBlocks"][i], Is.EqualTo(12).Or.Zero, "all blocks reuse, or none");
                Assert.That(frame["BytesLoaded"][i], Is.EqualTo(segment.BytesLoaded));
            }
        }
    }

    [Test]
    public void A_run_of_nothing_gives_frames_without_rows()
    {
        var nothing = new ServingResult([], [], [], Instant.Start);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(RunFrames.Requests(nothing).Rows.Count, Is.Zero);
            Assert.That(RunFrames.Segments(nothing).Rows.Count, Is.Zero);
        }
    }
}
