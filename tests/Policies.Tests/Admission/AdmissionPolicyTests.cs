using SimServe.Policies.Admission;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Routing;
using static SimServe.Policies.Tests.Routing.RoutingFixture;

namespace SimServe.Policies.Tests.Admission;

public sealed class AdmissionPolicyTests
{
    private static readonly FleetView Nobody = new();

    private static IEnumerable<TestCaseData> Policies() => PolicyCatalogue.Admission.Select(static name => new TestCaseData(
        (Func<IAdmissionPolicy>)(() => PolicyCatalogue.CreateAdmission(
            new PolicyOptions { Admission = new AdmissionOptions { Kind = name, RatePerSecond = 3, Burst = 2 }, MaxBatchSize = MaxBatchSize }, Planners(4))))
        .SetArgDisplayNames(name));

    [TestCaseSource(nameof(Policies))]
    public void Same_inputs_give_the_same_decisions(Func<IAdmissionPolicy> create)
    {
        AdmissionDecision[] Decide()
        {
            var (policy, stream, now) = (create(), new RandomStream(1, "arrivals"), Instant.FromSeconds(2));
            return [.. Enumerable.Range(0, 300).Select(_ =>
            {
                now += TimeSpan.FromSeconds(0.5 * stream.NextDouble());
                return policy.Decide(Due(RandomRequest(stream), now, 0.5 * stream.NextDouble()), RandomFleet(stream, now), now);
            })];
        }

        Assert.That(Decide(), Is.EqualTo(Decide()));
    }

    [TestCaseSource(nameof(Policies))]
    public void The_first_request_of_an_idle_fleet_without_deadline_is_served(Func<IAdmissionPolicy> create)
    {
        Assert.That(create().Decide(Request(4096), new FleetView(View(0, 0)), default), Is.EqualTo(AdmissionDecision.Admit));
        Assert.That(create().Decide(Request(4096), Nobody, default), Is.EqualTo(AdmissionDecision.Admit), "nor is a fleet that still starts a reason");
    }

    [TestCase(3.0, 2.0)]
    [TestCase(0.25, 1.5)]
    [TestCase(1234.567891, 40.5)]
    public void A_token_bucket_admits_its_burst_and_then_its_rate_exactly(double rate, double burst)
    {
        // Somebody is always there: in time t exactly the whole tokens of burst + rate * t are taken, whatever the arrivals' rhythm,
        // without any drift. A third of a token comes in at most between two of them, so the bucket is never full.
        var (policy, stream, now, admitted) = (new TokenBucket(rate, burst), new RandomStream(1, "rhythm"), Instant.Start, 0L);
        var gap = (int)(1e7 / rate / 3);
        for (var i = 0; i < 200_000; i++)
        {
            while (policy.Decide(Request(1), Nobody, now) == AdmissionDecision.Admit)
            {
                admitted++;
            }

            Assert.That(admitted, Is.EqualTo((long)Math.Floor((decimal)burst + ((decimal)rate * now.Ticks / 10_000_000m))));
            now += TimeSpan.FromTicks(stream.Next(1, gap));
        }
    }

    [Test]
    public void A_token_bucket_holds_no_more_than_its_burst()
    {
        var (policy, late) = (new TokenBucket(10, 3), Instant.FromSeconds(1000));
        AdmissionDecision[] decisions = [.. Enumerable.Range(0, 5).Select(_ => policy.Decide(Request(1), Nobody, late))];
        Assert.That(decisions.Count(static decision => decision == AdmissionDecision.Admit), Is.EqualTo(3));
        Assert.That(decisions[^1], Is.EqualTo(AdmissionDecision.Reject));
    }

    [Test]
    public void A_token_is_there_at_its_tick_and_not_before()
    {
        var policy = new TokenBucket(4, 1);
        policy.Decide(Request(1), Nobody, default);
        Assert.That(policy.Decide(Request(1), Nobody, new Instant(2_499_999)), Is.EqualTo(AdmissionDecision.Reject));
        Assert.That(policy.Decide(Request(1), Nobody, new Instant(2_500_000)), Is.EqualTo(AdmissionDecision.Admit));
    }

    [TestCase(0, 1)]
    [TestCase(double.NaN, 1)]
    [TestCase(1, 0.5)]
    [TestCase(1, double.PositiveInfinity)]
    public void A_bucket_out_of_range_is_refused(double rate, double burst) =>
        Assert.That(() => new TokenBucket(rate, burst), Throws.TypeOf<ArgumentOutOfRangeException>());

    [Test]
    public void A_deadline_is_missed_by_a_tick()
    {
        StepPlanner[] planners = Planners(1);
        var (policy, fleet, alone) = (new DeadlineAdmission(planners, MaxBatchSize), new FleetView(View(0, 0)), 20 * planners[0].StepTime(1, 400));
        Assert.That(policy.Decide(Due(Request(400), default, alone.TotalSeconds), fleet, default), Is.EqualTo(AdmissionDecision.Admit));
        Assert.That(
            policy.Decide(Due(Request(400), default, (alone - TimeSpan.FromTicks(1)).TotalSeconds), fleet, default), Is.EqualTo(AdmissionDecision.Shed));
    }

    [Test]
    public void A_request_is_shed_exactly_when_its_best_worker_would_be_late()
    {
        var (planners, stream) = (Planners(4), new RandomStream(2, "fleets"));
        var (policy, shed) = (new DeadlineAdmission(planners, MaxBatchSize), 0);
        for (var i = 0; i < 1_000; i++)
        {
            var now = Instant.FromSeconds(2 + i);
            var (fleet, request) = (RandomFleet(stream, now), Due(RandomRequest(stream), now, stream.NextDouble()));
            var best = Enumerable.Range(0, fleet.Count).Min(worker => new FinishForecast(planners, MaxBatchSize).Finish(request, fleet[worker], now));
            var expected = best > request.Deadline ? AdmissionDecision.Shed : AdmissionDecision.Admit;
            shed += expected == AdmissionDecision.Shed ? 1 : 0;
            Assert.That(policy.Decide(request, fleet, now), Is.EqualTo(expected));
        }

        Assert.That(shed, Is.InRange(100, 900), "both must occur");
    }

    private static Request Due(Request request, Instant now, double seconds) => request with
    {
        ArrivesAt = now,
        Class = new ServiceClass("due", Objective: Duration.FromSeconds(seconds)),
    };

    private static FleetView RandomFleet(RandomStream stream, Instant now) =>
        new([.. Enumerable.Range(0, stream.Next(1, 5)).Select(worker => RandomView(worker, now, stream))]);
}
