using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Telemetry;
using SimServe.Simulator.Tests.Metrics;

namespace SimServe.Simulator.Tests.Telemetry;

public sealed class RunTelemetryTests
{
    [Test]
    public void Every_event_reaches_those_who_subscribed_to_its_stream()
    {
        using var telemetry = new RunTelemetry();
        var (arrived, denoised, stalled, changed, finished) =
            (new List<Request>(), new List<BatchSegment>(), new List<WorkerStall>(), new List<WorkerChange>(), new List<RequestRecord>());
        using var subscriptions = new System.Reactive.Disposables.CompositeDisposable(
            telemetry.Arrived.Subscribe(arrived.Add),
            telemetry.Denoised.Subscribe(denoised.Add),
            telemetry.Stalled.Subscribe(stalled.Add),
            telemetry.WorkerChanged.Subscribe(changed.Add),
            telemetry.Finished.Subscribe(finished.Add));
        EventScript.PlaySmall(telemetry);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(arrived.Select(static request => request.Id.Value), Is.EqualTo(new[] { 0, 1 }));
            Assert.That(denoised.Select(static segment => segment.BatchSize), Is.EqualTo(new[] { 1, 2, 1 }));
            Assert.That(stalled.Single().Cause, Is.EqualTo(StallCause.TemplateCache));
            Assert.That(changed.Single(), Is.EqualTo(new WorkerChange(new WorkerId(0), WorkerState.Ready, Instant.Start)));
            Assert.That(finished, Has.Count.EqualTo(2));
        }
    }

    [Test]
    public void Streams_that_nobody_subscribed_to_allocate_nothing()
    {
        using var telemetry = new RunTelemetry();
        IRunObserver observer = telemetry;
        var record = new EventScript(telemetry).Record(0, 0, 0, 1, 2, 3, 4, 5, 6);
        var segment = new BatchSegment(new WorkerId(0), EventScript.At(0), EventScript.At(1), new StepPlan([], new Policies.Pipelines.PlannedStep([], 0, TimeSpan.Zero, 0)), 1, 0);
        observer.Finished(record);
        observer.Denoised(segment);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            observer.Arrived(record.Request);
            observer.Denoised(segment);
            observer.Finished(record);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }
}
