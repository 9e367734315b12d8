using SimServe.Policies.Routing;
using static SimServe.Policies.Tests.Routing.RoutingFixture;

namespace SimServe.Policies.Tests.Routing;

/// <summary>What holds for every routing policy.</summary>
public sealed class RoutingPolicyTests
{
    private const int Workers = 7;

    private static IEnumerable<TestCaseData> Policies() => PolicyCatalogue.Routing.Select(static name => new TestCaseData(
        (Func<IRoutingPolicy>)(() => PolicyCatalogue.CreateRouting(
            new PolicyOptions { Routing = name, Seed = 3, MaxBatchSize = MaxBatchSize }, Planners(Workers)))).SetArgDisplayNames(name));

    [TestCaseSource(nameof(Policies))]
    public void The_choice_is_one_of_the_workers_there_are(Func<IRoutingPolicy> create)
    {
        var (policy, stream) = (create(), new RandomStream(5, "views"));
        for (var i = 0; i < 500; i++)
        {
            var fleet = RandomFleet(stream, Instant.FromSeconds(i));
            Assert.That(policy.Choose(RandomRequest(stream), fleet, Instant.FromSeconds(i)), Is.InRange(0, fleet.Count - 1));
        }
    }

    [TestCaseSource(nameof(Policies))]
    public void Same_inputs_give_the_same_decisions(Func<IRoutingPolicy> create)
    {
        int[] Decide()
        {
            var (policy, stream) = (create(), new RandomStream(6, "views"));
            return [.. Enumerable.Range(0, 300).Select(i =>
                policy.Choose(RandomRequest(stream), RandomFleet(stream, Instant.FromSeconds(i)), Instant.FromSeconds(i)))];
        }

        Assert.That(Decide(), Is.EqualTo(Decide()));
    }

    [TestCaseSource(nameof(Policies))]
    public void Nothing_is_left_over_from_other_fleets(Func<IRoutingPolicy> create)
    {
        // Both see the same last fleets; before them one saw large fleets, the other small ones. What they draw at random must not depend on that.
        var (first, second) = (create(), create());
        var (large, small, same) = (new RandomStream(1, "large"), new RandomStream(1, "small"), new RandomStream(1, "same"));
        for (var i = 0; i < 100; i++)
        {
            var now = Instant.FromSeconds(i);
            first.Choose(RandomRequest(large), RandomFleet(large, now, Workers), now);
            second.Choose(RandomRequest(small), RandomFleet(small, now, 1), now);
        }

        for (var i = 100; i < 200; i++)
        {
            var (request, fleet) = (RandomRequest(same), RandomFleet(same, Instant.FromSeconds(i)));
            Assert.That(
                first.Choose(request, fleet, Instant.FromSeconds(i)), Is.EqualTo(second.Choose(request, fleet, Instant.FromSeconds(i))));
        }
    }

    [TestCaseSource(nameof(Policies))]
    public void A_fresh_policy_that_is_shown_snapshots_repeats_the_decisions_taken_on_live_workers(Func<IRoutingPolicy> create)
    {
        var (live, replay, stream, now) = (create(), create(), new RandomStream(7, "life"), Instant.Start);
        LiveWorker[] workers = [.. Enumerable.Range(0, Workers).Select(static id => new LiveWorker(id))];
        var fleet = new FleetView([.. workers]);
        for (var i = 0; i < 2_000; i++)
        {
            now += TimeSpan.FromTicks(stream.Next(200_000));
            Happen(workers[stream.Next(Workers)], stream, now);
            var request = RandomRequest(stream);
            var snapshots = new FleetView([.. workers.Select(worker => WorkerSnapshot.Of(worker, request))]);
            var chosen = live.Choose(request, fleet, now);
            Assert.That(replay.Choose(request, snapshots, now), Is.EqualTo(chosen), $"decision {i}");
            if (i % 3 == 0)
            {
                workers[chosen].Receive(new OutstandingRequest(request.Template, request.Mask.MaskedTokens, request.Steps));
            }
        }
    }

    [Test]
    public void Round_robin_takes_turns()
    {
        var fleet = new FleetView(View(0, 0), View(1, 0), View(2, 0));
        var policy = new RoundRobin();
        Assert.That(Enumerable.Range(0, 6).Select(_ => policy.Choose(Request(1), fleet, default)), Is.EqualTo(new[] { 0, 1, 2, 0, 1, 2 }));
    }

    [Test]
    public void Least_requests_counts_those_that_wait() =>
        Assert.That(
            new LeastRequests().Choose(Request(1), new FleetView(View(0, 1, (10, 8), (10, 8)), View(1, 1, (10, 8)), View(2, 0, (10, 8))), default),
            Is.EqualTo(1));

    [Test]
    public void Least_masked_tokens_prefers_two_small_edits_to_a_large_one() =>
        Assert.That(
            new LeastMaskedTokens().Choose(Request(1), new FleetView(View(0, 1, (500, 1)), View(1, 1, (100, 20), (100, 20)), View(2, 0, (200, 1))), default),
            Is.EqualTo(1));

    [Test]
    public void Always_busiest_piles_up() =>
        Assert.That(
            new AlwaysBusiest().Choose(Request(1), new FleetView(View(0, 1, (1, 1)), View(1, 1, (1, 1), (1, 1)), View(2, 2, (9, 9), (9, 9))), default),
            Is.EqualTo(1));

    [Test]
    public void An_unknown_name_lists_the_known_ones() =>
        Assert.That(
            static () => PolicyCatalogue.CreateRouting(new PolicyOptions { Routing = "mask-avare" }, Planners(1)),
            Throws.ArgumentException.With.Message.Contains("mask-avare").And.Message.Contains("mask-aware"));

    private static FleetView RandomFleet(RandomStream stream, Instant now, int workers = 0)
    {
        // Some of the workers, in order of their numbers: others are off.
        var count = workers > 0 ? workers : stream.Next(1, Workers + 1);
        return new FleetView([.. Enumerable.Range(Workers - count, count).Select(worker => RandomView(worker, now + TimeSpan.FromSeconds(1), stream))]);
    }

    private static void Happen(LiveWorker worker, RandomStream stream, Instant now)
    {
        if (stream.Next(2) == 0)
        {
            worker.ReachBoundary(stream.Next(1, 5), MaxBatchSize, now);
        }

        if (stream.Next(4) == 0)
        {
            worker.Templates.Add(new TemplateId(stream.Next(4)));
        }
    }
}
