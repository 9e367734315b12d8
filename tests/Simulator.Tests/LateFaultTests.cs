using SimServe.Policies;
using SimServe.Policies.Batching;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Routing;
using SimServe.Policies.Serving;
using SimServe.Simulator.Engine;
using SimServe.Simulator.Tests.Devices;

namespace SimServe.Simulator.Tests;

/// <summary>Real devices tell of a failure in one call while another is still under way.</summary>
public sealed class LateFaultTests
{
    [Test]
    public void A_failure_that_is_heard_of_while_the_device_denoises_fails_the_batch_and_the_run_ends()
    {
        var calendar = new EventCalendar();
        var clock = new VirtualClock(calendar);
        var collector = new RunCollector();
        var setup = new ServingSetup
        {
            Routing = new RoundRobin(),
            Batching = [new ContinuousBatching(new ContinuousBatchingOptions { MaxBatchSize = 1 })],
            Planners = [new StepPlanner(TestWorkload.Model, new TestCosts(), new FullPipeline())],
        };
        var requests = TestWorkload.Poisson(2, 1000, 1);
        var run = new ServingLoop(setup, clock, [new FailsInTheSecondEncode(clock)], collector).Run(new ListedRequests(requests));
        while (!run.IsCompleted && calendar.HandleNext())
        {
        }

        Assert.That(run.IsCompleted, Is.True);
#pragma warning disable CA1849 // It is completed.
        var result = collector.Close(run.GetAwaiter().GetResult());
#pragma warning restore CA1849
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Records, Has.Count.EqualTo(2).And.All.Matches<RequestRecord>(static record => record.Outcome == RequestOutcome.Failed));
            Assert.That(result.Faults.Single().Reason, Is.EqualTo("lost"));
            Assert.That(result.Segments.Single().Steps, Is.EqualTo(3), "what was done is told all the same");
        }
    }

    // Denoises for ten seconds; the second request's encoding fails after five.
    private sealed class FailsInTheSecondEncode(IClock clock) : IDevice
    {
        private int _encoded;

        public string Name => "late:0";

        public DeviceSpec Spec => TestWorkload.Device;

        public bool Holds(TemplateId template) => true;

        public int MissingAdapters(AdapterSet adapters) => 0;

        public void Prefetch(in Request request)
        {
        }

        public bool Lacks(in Request request, out StallCause cause)
        {
            cause = default;
            return false;
        }

        public Pending<DeviceReport> LoadModel() => new(DeviceReport.Done);

        public Pending<DeviceReport> Stage(in Request request, StallCause cause) => new(DeviceReport.Done);

        public void Release(in Request request, bool isDenoised)
        {
        }

        public Pending<DeviceReport> Encode(in Request request, int fromStep, PrePostPlace place) => _encoded++ == 0 ? new(DeviceReport.Done) : Lost();

        public async Pending<DeviceReport> Denoise(StepPlan plan, int maxSteps, StepBoundary boundary)
        {
            await clock.Until(clock.Now + TimeSpan.FromSeconds(10));
            return new DeviceReport(3, 0, "lost");
        }

        public Pending<DeviceReport> Decode(in Request request, PrePostPlace place) => new(DeviceReport.Done);

        private async Pending<DeviceReport> Lost()
        {
            await clock.Until(clock.Now + TimeSpan.FromSeconds(5));
            return DeviceReport.Failed("lost");
        }
    }
}
