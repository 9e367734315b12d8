using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Tests.Devices;

namespace SimServe.Simulator.Tests.Metrics;

/// <summary>Real runs hear of things a little late: their checks allow for it, and those of simulated runs do not.</summary>
public sealed class ClockSlackTests
{
    [Test]
    public void A_run_that_hears_late_is_sound_within_its_slack_and_unsound_without()
    {
        RunSummary Digest(TimeSpan slack, TimeSpan late)
        {
            var digest = new RunDigest(new RunDigestOptions { ClockSlack = slack });
            var run = TestWorkload.Simulation(TestWorkload.Poisson(200, 8, 3)).Stream(new ListedRequests(TestWorkload.Poisson(200, 8, 3)), new Late(digest, late));
            return digest.Complete(run.End.At);
        }

        var millisecond = TimeSpan.FromMilliseconds(1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Digest(TimeSpan.Zero, TimeSpan.Zero).Verdict.IsSound);
            Assert.That(Digest(TimeSpan.Zero, millisecond).Verdict.Failures, Has.Some.StartsWith("monotone time").And.Some.StartsWith("Little's law for the system"));
            Assert.That(Digest(5 * millisecond, millisecond).Verdict.Failures, Is.Empty);
            Assert.That(Digest(5 * millisecond, 20 * millisecond).Verdict.IsSound, Is.False);
        }
    }

    // Says of every request that it arrived earlier than its record will.
    private sealed class Late(IRunObserver inner, TimeSpan by) : IRunObserver
    {
        public void Arrived(in Request request) => inner.Arrived(request with { ArrivesAt = request.ArrivesAt + -by });

        public void Routed(in Request request, Policies.Routing.FleetView fleet, int chosen, Instant now) => inner.Routed(request, fleet, chosen, now);

        public void Admitted(WorkerId worker, int running, ReadOnlySpan<RequestId> admitted, Instant now) => inner.Admitted(worker, running, admitted, now);

        public void Denoised(in BatchSegment segment) => inner.Denoised(segment);

        public void Stalled(in WorkerStall stall) => inner.Stalled(stall);

        public void WorkerChanged(WorkerId worker, WorkerState state, Instant now) => inner.WorkerChanged(worker, state, now);

        public void Finished(in RequestRecord record) => inner.Finished(record);
    }
}
