using SimServe.Policies.AddOns;
using SimServe.Policies.Serving;

namespace SimServe.Policies.Tests.AddOns;

public sealed class AdapterPrefetchTests
{
    private static readonly TimeSpan HalfLife = TimeSpan.FromSeconds(10);

    private static IEnumerable<string> Names => PolicyCatalogue.Prefetch;

    [TestCaseSource(nameof(Names))]
    public void Whatever_is_chosen_has_been_used_and_is_not_there_yet_and_nothing_is_where_there_is_no_room(string name)
    {
        var (random, policy, store) = (new RandomStream(5, "uses"), PolicyCatalogue.CreatePrefetch(new AddOnOptions { Prefetch = name }), new Store { Room = new AdapterRoom(true, null) });
        var used = new HashSet<Adapter>();
        for (var i = 0; i < 200; i++)
        {
            var adapter = new Adapter((AdapterKind)random.Next(0, 2), random.Next(0, 20));
            policy.Used(adapter, At(i));
            used.Add(adapter);
            if (policy.Choose(store) is { } chosen)
            {
                Assert.That(used, Does.Contain(chosen));
                Assert.That(store.Held.Add(chosen), "it was there");
            }
        }

        policy.Used(new Adapter(AdapterKind.Lora, 99), At(1000));
        Assert.That(policy.Choose(new Store { Room = new AdapterRoom(false, null) }), Is.Null);
    }

    [Test]
    public void The_most_used_comes_first_and_a_late_use_outweighs_early_ones()
    {
        var policy = new PopularAdapters(HalfLife);
        policy.Used(Lora(1), At(0));
        policy.Used(Lora(1), At(0));
        policy.Used(Lora(2), At(0));
        var before = policy.Choose(new Store());

        // After two half-lives a use weighs four times those at the start.
        policy.Used(Lora(2), At(20));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(before, Is.EqualTo(Lora(1)));
            Assert.That(policy.Choose(new Store()), Is.EqualTo(Lora(2)));
            Assert.That(policy.Choose(new Store { Held = { Lora(2) } }), Is.EqualTo(Lora(1)));
        }
    }

    [Test]
    public void After_ten_thousand_half_lives_it_still_tells_them_apart()
    {
        var policy = new PopularAdapters(HalfLife);
        for (var i = 0; i < 1000; i++)
        {
            policy.Used(Lora(1), At(0));
        }

        policy.Used(Lora(2), At(100_000));
        policy.Used(Lora(3), At(100_010));
        Assert.That(policy.Choose(new Store()), Is.EqualTo(Lora(3)));
        Assert.That(policy.Choose(new Store { Held = { Lora(3) } }), Is.EqualTo(Lora(2)));
    }

    [Test]
    public void Nothing_leaves_that_is_as_popular()
    {
        var policy = new PopularAdapters(HalfLife);
        policy.Used(Lora(1), At(0));
        policy.Used(Lora(2), At(0));
        Assert.That(policy.Choose(new Store { Held = { Lora(2) }, Room = new AdapterRoom(true, 2) }), Is.Null, "equals");
        policy.Used(Lora(1), At(0));
        Assert.That(policy.Choose(new Store { Held = { Lora(2) }, Room = new AdapterRoom(true, 2) }), Is.EqualTo(Lora(1)));
        Assert.That(policy.Choose(new Store { Held = { Lora(9) }, Room = new AdapterRoom(true, 9) }), Is.EqualTo(Lora(1)), "nobody has used 9");
    }

    [Test]
    public void The_more_popular_kind_comes_first_and_what_was_refused_never_again()
    {
        var policy = new PopularAdapters(HalfLife);
        var controlNet = new Adapter(AdapterKind.ControlNet, 1);
        policy.Used(Lora(1), At(0));
        policy.Used(controlNet, At(0));
        var equals = policy.Choose(new Store());
        policy.Used(controlNet, At(0));
        var more = policy.Choose(new Store());
        policy.Refused(controlNet);
        policy.Used(controlNet, At(1));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(equals, Is.EqualTo(Lora(1)));
            Assert.That(more, Is.EqualTo(controlNet));
            Assert.That(policy.Choose(new Store()), Is.EqualTo(Lora(1)));
        }
    }

    [Test]
    public void A_half_life_is_greater_than_zero() => Assert.That(() => new PopularAdapters(TimeSpan.Zero), Throws.InstanceOf<ArgumentOutOfRangeException>());

    private static Adapter Lora(int number) => new(AdapterKind.Lora, number);

    private static Instant At(double seconds) => Instant.FromSeconds(seconds);

    private sealed class Store : IAdapterStore
    {
        public HashSet<Adapter> Held { get; } = [];

        public AdapterRoom Room { get; init; } = new(true, null);

        public bool IsIdle => true;

        public bool Has(in Adapter adapter) => Held.Contains(adapter);

        public AdapterRoom RoomFor(in Adapter adapter) => Room;

        public Pending<DeviceReport> Fetch(in Adapter adapter) => new(DeviceReport.Done);
    }
}
