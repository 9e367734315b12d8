using SimServe.Policies.Batching;
using SimServe.Policies.Ordering;

namespace SimServe.Policies.Tests.Ordering;

public sealed class OrderingPolicyTests
{
    private static readonly TimeSpan Aging = TimeSpan.FromSeconds(30);

    private static IEnumerable<TestCaseData> Policies() => PolicyCatalogue.Ordering.Select(static name =>
        new TestCaseData((Func<IOrderingPolicy>)(() => PolicyCatalogue.CreateOrdering(new OrderingOptions { Kind = name }))).SetArgDisplayNames(name));

    [TestCaseSource(nameof(Policies))]
    public void A_key_depends_on_nothing_but_its_request(Func<IOrderingPolicy> create)
    {
        var (forwards, backwards, stream) = (create(), create(), new RandomStream(1, "waiting"));
        WaitingRequest[] requests = [.. Enumerable.Range(0, 200).Select(i => RandomRequest(i, stream))];
        long[] keys = [.. requests.Select(request => forwards.Key(request))];
        long[] again = [.. requests.Reverse().Select(request => backwards.Key(request)).Reverse()];
        Assert.That(again, Is.EqualTo(keys));
        Assert.That(requests.Select(request => forwards.Key(request)), Is.EqualTo(keys), "asked again");
    }

    [TestCaseSource(nameof(Policies))]
    public void Of_requests_that_differ_only_in_their_arrival_the_earlier_is_never_behind(Func<IOrderingPolicy> create)
    {
        var (policy, stream) = (create(), new RandomStream(2, "waiting"));
        for (var i = 0; i < 200; i++)
        {
            var first = RandomRequest(i, stream);
            var second = first with { ArrivedAt = first.ArrivedAt + TimeSpan.FromTicks(1 + stream.Next(100_000_000)) };
            Assert.That(policy.Key(first), Is.LessThanOrEqualTo(policy.Key(second)));
        }
    }

    [TestCaseSource(nameof(Policies))]
    public void Nothing_overflows_at_the_ends_of_the_range(Func<IOrderingPolicy> create)
    {
        var policy = create();
        foreach (var priority in new[] { int.MinValue, 0, int.MaxValue })
        {
            var request = Waiting(0, arrivedAt: Instant.Start, priority) with { ArrivedAt = new Instant(long.MaxValue / 4) };
            Assert.That(() => policy.Key(request), Throws.Nothing);
        }
    }

    [Test]
    public void First_come_first_served_leaves_the_order_to_the_queue() =>
        Assert.That(Order(new FirstComeFirstServed(), Waiting(0, Seconds(5)), Waiting(1, Seconds(1))), Is.EqualTo(new[] { 0, 1 }));

    [Test]
    public void Shortest_remaining_goes_by_predicted_time_not_by_steps() =>
        Assert.That(
            Order(
                new ShortestRemaining(),
                Waiting(0) with { Steps = 10, Alone = TimeSpan.FromSeconds(3) },
                Waiting(1) with { Steps = 20, Alone = TimeSpan.FromSeconds(1) },
                Waiting(2) with { Steps = 1, Alone = TimeSpan.FromSeconds(2) }),
            Is.EqualTo(new[] { 1, 2, 0 }));

    [Test]
    public void Shortest_remaining_minimises_the_mean_wait()
    {
        // One after the other on one server: no order of these five has a smaller sum of waits.
        double[] seconds = [5, 1, 4, 2, 3];
        WaitingRequest[] requests = [.. seconds.Select(static (time, i) => Waiting(i) with { Alone = TimeSpan.FromSeconds(time) })];
        var chosen = SumOfWaits(Order(new ShortestRemaining(), requests), seconds);
        Assert.That(Permutations([0, 1, 2, 3, 4]).Min(order => SumOfWaits(order, seconds)), Is.EqualTo(chosen));
    }

    [Test]
    public void Earliest_deadline_puts_requests_without_one_last_in_order_of_arrival() =>
        Assert.That(
            Order(
                new EarliestDeadline(),
                Waiting(0, Seconds(2)),
                Waiting(1, Seconds(1)),
                Waiting(2, Seconds(4), objective: 3),
                Waiting(3, Seconds(0), objective: 10),
                Waiting(4, Seconds(5), objective: 1)),
            Is.EqualTo(new[] { 4, 2, 3, 1, 0 }));

    [Test]
    public void Priority_goes_before_arrival()
    {
        Assert.That(
            Order(new PriorityWithAging(Aging), Waiting(0, Seconds(0)), Waiting(1, Seconds(29), priority: 1), Waiting(2, Seconds(20), priority: 1)),
            Is.EqualTo(new[] { 2, 1, 0 }));
    }

    [Test]
    public void A_level_of_priority_is_worth_exactly_the_aging()
    {
        var (policy, low) = (new PriorityWithAging(Aging), Waiting(0, Seconds(0)));
        Assert.That(policy.Key(Waiting(1, Seconds(30), priority: 1)), Is.EqualTo(policy.Key(low)));
        Assert.That(policy.Key(Waiting(1, Seconds(31), priority: 1)), Is.GreaterThan(policy.Key(low)));
        Assert.That(policy.Key(Waiting(1, Seconds(59), priority: 2)), Is.LessThan(policy.Key(low)));
    }

    [Test]
    public void An_aging_of_zero_is_refused() =>
        Assert.That(static () => new PriorityWithAging(TimeSpan.Zero), Throws.TypeOf<ArgumentOutOfRangeException>());

    [Test]
    public void An_unknown_name_lists_the_known_ones() =>
        Assert.That(
            static () => PolicyCatalogue.CreateOrdering(new OrderingOptions { Kind = "fifo" }),
            Throws.ArgumentException.With.Message.Contains("fifo").And.Message.Contains("fcfs"));

    // As the loop does: the least key first, the earlier in the queue of equals.
    private static int[] Order(IOrderingPolicy policy, params WaitingRequest[] queue) =>
        [.. queue.OrderBy(request => policy.Key(request)).Select(static request => request.Id.Value)];

    private static double SumOfWaits(IEnumerable<int> order, double[] seconds)
    {
        var (clock, sum) = (0.0, 0.0);
        foreach (var request in order)
        {
            sum += clock;
            clock += seconds[request];
        }

        return sum;
    }

    private static IEnumerable<int[]> Permutations(int[] items) => items.Length == 0
        ? [[]]
        : items.SelectMany(first => Permutations([.. items.Where(item => item != first)]).Select(rest => (int[])[first, .. rest]));

    private static Instant Seconds(double seconds) => Instant.FromSeconds(seconds);

    private static WaitingRequest Waiting(int id, Instant arrivedAt = default, int priority = 0, double? objective = null) => new(
        new RequestId(id),
        arrivedAt,
        arrivedAt,
        10,
        8,
        new ServiceClass("class", priority, objective is { } seconds ? TimeSpan.FromSeconds(seconds) : null),
        TimeSpan.FromSeconds(1));

    private static WaitingRequest RandomRequest(int id, RandomStream stream) =>
        Waiting(id, Seconds(100 * stream.NextDouble()), stream.Next(-2, 3), stream.Next(2) == 0 ? 10 * (1 + stream.NextDouble()) : null) with
        {
            Alone = TimeSpan.FromSeconds(stream.NextDouble()),
        };
}
