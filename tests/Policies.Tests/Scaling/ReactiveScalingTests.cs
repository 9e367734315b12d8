using SimServe.Policies.Scaling;

namespace SimServe.Policies.Tests.Scaling;

public sealed class ReactiveScalingTests
{
    private static readonly ScalingOptions Options = new() { TargetPerWorker = 4, Stabilisation = TimeSpan.FromSeconds(60) };

    [TestCase(0, 0, 1)]
    [TestCase(0, 4, 1)]
    [TestCase(1, 4, 2)]
    [TestCase(20, 4, 6)]
    [TestCase(21, 4, 7)]
    public void The_size_is_the_requests_over_the_target_rounded_up(int waiting, int running, int workers) =>
        Assert.That(new ReactiveScaling(Options).Decide(Load(1, waiting, running), default), Is.EqualTo(workers));

    [Test]
    public void A_quotient_that_is_whole_is_not_rounded_up() =>
        Assert.That(new ReactiveScaling(Options with { TargetPerWorker = 0.1 }).Decide(Load(1, 0, 3), default), Is.EqualTo(30));

    [Test]
    public void It_shrinks_when_less_has_sufficed_for_the_window_and_to_the_most_of_that_time()
    {
        // Wishes at 0, 15, 30, ... s; five workers are there. The fleet's own size counts as wished for at the start.
        var policy = new ReactiveScaling(Options);
        int[] wishes = [2, 3, 1, 1, 1, 1, 1, 1];
        int[] sizes = [.. wishes.Select((wish, i) => policy.Decide(Load(5, 0, 4 * wish), Instant.FromSeconds(15 * i)))];
        Assert.That(sizes, Is.EqualTo(new[] { 5, 5, 5, 5, 5, 3, 1, 1 }));
    }

    [Test]
    public void It_grows_at_once_and_a_past_wish_never_makes_it_grow()
    {
        var policy = new ReactiveScaling(Options);
        Assert.That(policy.Decide(Load(2, 0, 40), Instant.FromSeconds(0)), Is.EqualTo(10));
        Assert.That(policy.Decide(Load(6, 0, 20), Instant.FromSeconds(15)), Is.EqualTo(6), "the loop allowed six: ten are no longer wished for");
    }

    [Test]
    public void Without_stabilisation_it_follows_the_load()
    {
        var policy = new ReactiveScaling(Options with { Stabilisation = TimeSpan.Zero });
        policy.Decide(Load(9, 0, 36), Instant.FromSeconds(0));
        Assert.That(policy.Decide(Load(9, 0, 1), Instant.FromSeconds(15)), Is.EqualTo(1));
    }

    [Test]
    public void Workers_that_start_count_as_there()
    {
        var load = new FleetLoad(1, 4, 0, 0, 12, 0, 1, TimeSpan.FromSeconds(15));
        Assert.That(new ReactiveScaling(Options).Decide(load, default), Is.EqualTo(5));
    }

    [Test]
    public void Options_out_of_range_are_refused()
    {
        Assert.That(static () => new ReactiveScaling(Options with { TargetPerWorker = 0 }), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(static () => new ReactiveScaling(Options with { Stabilisation = TimeSpan.FromTicks(-1) }), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    private static FleetLoad Load(int ready, int waiting, int running) => new(ready, 0, 0, waiting, running, 0, 1, TimeSpan.FromSeconds(15));
}
