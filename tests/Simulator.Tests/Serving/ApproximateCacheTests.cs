using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Caches;
using SimServe.Policies.Recovery;
using SimServe.Policies.Serving;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Replays;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Tests.AddOns;
using SimServe.Simulator.Tests.Scenarios;

namespace SimServe.Simulator.Tests.Serving;

/// <summary>Requests that go on from the latents of similar ones. A step of the fixture takes 10 ms for each image, and a request has 10.</summary>
public sealed class ApproximateCacheTests
{
    private static readonly ApproximateCacheOptions Always = new() { HitShare = 1, SkippedSteps = 4, Retrieval = TimeSpan.FromMilliseconds(35) };

    [Test]
    public void A_hit_waits_for_its_latents_and_takes_the_steps_that_are_left()
    {
        var record = Run(Always, [AddOnFixture.Request(0, 0, [], [])]).Records[0];
        using (Assert.EnterMultipleScope())
        {
            Assert.That((record.FinishedAt - record.ArrivedAt).TotalMilliseconds, Is.EqualTo(35 + (6 * 10)));
            Assert.That((record.ReadyAt!.Value - record.ArrivedAt).TotalMilliseconds, Is.EqualTo(35));
            Assert.That(record.SkippedSteps, Is.EqualTo(4));
        }
    }

    [Test]
    public void A_miss_and_a_request_with_no_more_steps_take_all_of_them_and_wait_for_nothing()
    {
        var missed = Run(Always with { HitShare = 0 }, [AddOnFixture.Request(0, 0, [], [])]).Records[0];
        var few = Run(Always, [AddOnFixture.Request(0, 0, [], [], steps: 4)]).Records[0];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(((missed.FinishedAt - missed.ArrivedAt).TotalMilliseconds, missed.SkippedSteps), Is.EqualTo((100.0, 0)));
            Assert.That(((few.FinishedAt - few.ArrivedAt).TotalMilliseconds, few.SkippedSteps), Is.EqualTo((40.0, 0)));
        }
    }

    [TestCase(0.2)]
    [TestCase(0.66)]
    public void The_share_of_hits_is_that_of_the_options(double share)
    {
        const int Count = 20_000;
        var cache = new ApproximateCache(Always with { HitShare = share }, 7);
        var hits = Enumerable.Range(0, Count).Count(id => cache.SkippedSteps(AddOnFixture.Request(id, 0, [], [])) > 0);

        // Four standard deviations of a binomial share.
        Assert.That((double)hits / Count, Is.EqualTo(share).Within(4 * Math.Sqrt(share * (1 - share) / Count)));
    }

    [Test]
    public void Who_hits_with_a_share_hits_with_a_greater_one_and_another_seed_draws_anew()
    {
        int[] less = [.. Hits(0.2, 1)], more = [.. Hits(0.66, 1)], other = [.. Hits(0.66, 2)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(less, Is.Not.Empty.And.SubsetOf(more));
            Assert.That(other, Is.Not.EquivalentTo(more));
        }

        static IEnumerable<int> Hits(double share, long seed)
        {
            var cache = new ApproximateCache(Always with { HitShare = share }, seed);
            return Enumerable.Range(0, 500).Where(id => cache.SkippedSteps(AddOnFixture.Request(id, 0, [], [])) > 0);
        }
    }

    [Test]
    public void A_run_is_the_same_every_time_with_steps_coalesced_or_not_and_replays()
    {
        Request[] requests = [.. Enumerable.Range(0, 60).Select(static id => AddOnFixture.Request(id, id * 37, [], []))];
        var simulation = Simulation(Always with { HitShare = 0.5 }, requests);
        var (recording, log) = (new RunRecording(), new RunDigest());
        var first = (simulation with { Recording = recording }).Run(log).Serving;
        var setup = PolicyCatalogue.CreateSetup(simulation.Policies, simulation.Model, [simulation.Fleet.Workers[0].Costs]);
        var replay = RunReplay.Compare(setup, requests, recording, first, [(simulation.Fleet.Workers[0].Name, simulation.Fleet.Workers[0].Device)]);
        var summary = log.Complete(first.EndedAt);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(simulation.Run().Serving.Records, Is.EqualTo(first.Records));
            Assert.That((simulation with { CoalesceSteps = false }).Run().Serving.Records, Is.EqualTo(first.Records));
            Assert.That((replay.Share, replay.Divergence), Is.EqualTo((1.0, (string?)null)));
            Assert.That(summary.ApproximateHits, Is.EqualTo(first.Records.Count(static record => record.SkippedSteps == 4)).And.InRange(15, 45));
            Assert.That(first.Segments.Sum(static segment => segment.Steps * segment.BatchSize), Is.EqualTo(first.Records.Sum(static record => record.Request.Steps - record.SkippedSteps)));
            Assert.That(summary.Verdict.Failures, Is.Empty);
        }
    }

    [Test]
    public void After_a_failure_it_begins_at_the_similar_latents_again_which_are_brought_anew()
    {
        var simulation = Simulation(Always, [AddOnFixture.Request(0, 0, [], [])], workers: 2) with { Faults = [new LostWorker(Instant.FromSeconds(0.060), 0)] };
        var record = (simulation with { Policies = simulation.Policies with { Recovery = new RecoveryOptions { Kind = RestartElsewhere.Name } } }).Run().Serving.Records[0];
        using (Assert.EnterMultipleScope())
        {
            // 25 ms after the latents had come two steps had been taken.
            Assert.That((record.Attempts, record.LostSteps, record.SkippedSteps), Is.EqualTo((2, 2, 4)));
            Assert.That((record.FinishedAt - record.ArrivedAt).TotalMilliseconds, Is.EqualTo(60 + 35 + 60));
        }
    }

    [Test]
    public void Whose_user_gives_up_while_latents_are_brought_leaves_at_that_instant()
    {
        var record = Run(Always, [AddOnFixture.Request(0, 0, [], []) with { CancelsAt = Instant.FromSeconds(0.020) }, AddOnFixture.Request(1, 500, [], [])]).Records[0];
        Assert.That((record.Outcome, (record.FinishedAt - record.ArrivedAt).TotalMilliseconds), Is.EqualTo((RequestOutcome.Cancelled, 20.0)));
    }

    [Test]
    public void Options_out_of_range_are_named() =>
        Assert.That(
            () => new ApproximateCache(new ApproximateCacheOptions { HitShare = 2, SkippedSteps = 0, Retrieval = TimeSpan.FromTicks(-1) }, 0),
            Throws.ArgumentException.With.Message.Contains("HitShare is 2").And.Message.Contains("SkippedSteps is 0").And.Message.Contains("Retrieval is"));

    [Test]
    public void A_scenario_asks_for_it_and_its_baseline_may_do_without()
    {
        var (scenario, faults) = ScenarioText.Read(ScenarioText.Small, """policies.approximateCache={"hitShare":0.66,"skippedSteps":5}""", """baseline.approximateCache={"hitShare":0,"skippedSteps":5}""");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(faults, Is.Empty);
            Assert.That(scenario.Policies.ApproximateCache, Is.EqualTo(new ApproximateCacheOptions { HitShare = 0.66, SkippedSteps = 5, Retrieval = TimeSpan.FromMilliseconds(350) }));
            Assert.That(scenario.Baseline.ApproximateCache, Is.EqualTo(scenario.Policies.ApproximateCache! with { HitShare = 0 }));
            Assert.That(ScenarioText.FaultsOf(ScenarioText.Small, """policies.approximateCache={"hitShare":0.66,"skippedSteps":8}""").First(), Is.EqualTo(
                "policies.approximateCache.skippedSteps: found 8; allowed: less than 8, the steps of the requests. Leave out fewer: something must be left to denoise."));
        }
    }

    [Test]
    public void A_real_run_refuses_it()
    {
        var folder = Directory.CreateTempSubdirectory("simserve-similar");
        try
        {
            var file = Path.Combine(folder.FullName, "small.json");
            File.WriteAllText(file, ScenarioText.Small.Replace("template.png", "small.json", StringComparison.Ordinal));
            var faults = new List<InputFault>();
            new ScenarioReader(["flux-nano"]).Read(file, ["""policies.approximateCache={"hitShare":0.66,"skippedSteps":5}"""], faults);
            Assert.That(faults.Select(static fault => fault.ToString()), Is.EqualTo(new[]
            {
                "policies.approximateCache: found an approximate cache; allowed: nothing: real devices begin at noise. Remove it, or simulate the scenario.",
            }));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static ServingResult Run(ApproximateCacheOptions cache, Request[] requests) => Simulation(cache, requests).Run().Serving;

    private static Simulation Simulation(ApproximateCacheOptions cache, Request[] requests, int workers = 1)
    {
        var simulation = AddOnFixture.Simulation(requests, new AddOnOptions(), workers);
        return simulation with { Policies = simulation.Policies with { ApproximateCache = cache } };
    }
}
