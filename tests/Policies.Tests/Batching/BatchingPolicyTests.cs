using SimServe.Policies.Batching;

namespace SimServe.Policies.Tests.Batching;

public sealed class BatchingPolicyTests
{
    private static readonly Instant Now = Instant.FromSeconds(10);

    private static IEnumerable<TestCaseData> Policies() => PolicyCatalogue.Batching.Select(static name => new TestCaseData(
        PolicyCatalogue.CreateBatching(new PolicyOptions { Batching = name, MaxBatchSize = 4, MaxWait = TimeSpan.FromSeconds(1) }))
        .SetArgDisplayNames(name));

    [TestCaseSource(nameof(Policies))]
    public void The_batch_never_exceeds_its_bound_or_its_queue(IBatchingPolicy policy)
    {
        for (var running = 0; running <= 4; running++)
        {
            for (var waiting = 1; waiting <= 8; waiting++)
            {
                var decision = policy.Decide(Waiting(waiting, Now), Batch(running), Now);
                Assert.That(decision.Admitted, Is.InRange(0, Math.Min(waiting, 4 - running)));
            }
        }
    }

    [TestCaseSource(nameof(Policies))]
    public void Decide_to_wait_always_wakes_in_the_future(IBatchingPolicy policy)
    {
        for (var waiting = 1; waiting <= 8; waiting++)
        {
            var decision = policy.Decide(Waiting(waiting, Now - TimeSpan.FromMilliseconds(300 * waiting)), Batch(0), Now);
            Assert.That(decision.Admitted > 0 || decision.WakeAt > Now, Is.True, "an idle worker never sleeps forever");
        }
    }

    [TestCaseSource(nameof(Policies))]
    public void A_full_queue_starts_an_idle_worker(IBatchingPolicy policy) =>
        Assert.That(policy.Decide(Waiting(4, Now), Batch(0), Now).Admitted, Is.EqualTo(4));

    [Test]
    public void Continuous_fills_the_room_that_is_left() =>
        Assert.That(
            new ContinuousBatching(new ContinuousBatchingOptions { MaxBatchSize = 4 }).Decide(Waiting(3, Now), Batch(2), Now),
            Is.EqualTo(BatchDecision.Admit(2)));

    [Test]
    public void Static_lets_nobody_join_a_running_batch() =>
        Assert.That(
            new StaticBatching(new StaticBatchingOptions { MaxBatchSize = 4 }).Decide(Waiting(3, Now), Batch(1), Now),
            Is.EqualTo(BatchDecision.Wait));

    [Test]
    public void Static_waits_for_company_until_its_oldest_request_has_waited_long_enough()
    {
        var policy = new StaticBatching(new StaticBatchingOptions { MaxBatchSize = 4, MaxWait = TimeSpan.FromSeconds(1) });
        Assert.That(policy.Decide(Waiting(3, Now), Batch(0), Now), Is.EqualTo(BatchDecision.WaitUntil(Now + TimeSpan.FromSeconds(1))));
        Assert.That(policy.Decide(Waiting(3, Now), Batch(0), Now + TimeSpan.FromSeconds(1)), Is.EqualTo(BatchDecision.Admit(3)));
    }

    [Test]
    public void Options_out_of_range_are_refused()
    {
        Assert.That(static () => new ContinuousBatchingOptions { MaxBatchSize = 0 }, Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(static () => new StaticBatchingOptions { MaxWait = TimeSpan.FromTicks(-1) }, Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void An_unknown_name_lists_the_known_ones() =>
        Assert.That(
            static () => PolicyCatalogue.CreateBatching(new PolicyOptions { Batching = "contineous" }),
            Throws.ArgumentException.With.Message.Contains("contineous").And.Message.Contains("continuous"));

    private static StatedBatch Batch(int running) => new(Now, [.. Enumerable.Repeat(new RunningRequest(10, 4, null), running)]);

    private static WaitingRequest[] Waiting(int count, Instant readyAt) =>
        [.. Enumerable.Range(0, count).Select(i => new WaitingRequest(new RequestId(i), readyAt, readyAt, 10, 8, ServiceClass.Default, TimeSpan.FromSeconds(1)))];
}
