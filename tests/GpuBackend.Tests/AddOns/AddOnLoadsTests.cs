using System.Collections.Concurrent;
using SimServe.GpuBackend.AddOns;
using SimServe.GpuBackend.Devices;
using SimServe.Policies;
using SimServe.Policies.Serving;

namespace SimServe.GpuBackend.Tests.AddOns;

/// <summary>Loads that nobody has asked for, beside those that requests ask for.</summary>
public sealed class AddOnLoadsTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [Test]
    public void A_requests_load_does_not_wait_for_one_that_nobody_has_asked_for()
    {
        using var fixture = new Fixture(capacity: 2, static (_, wait) => wait?.Invoke(Long));
        var end = fixture.Run(async loads =>
        {
            _ = loads.LoadAhead("unasked");
            await loads.Ask("asked");
            Assert.That((fixture.Memory.Holds("asked"), fixture.Memory.Holds("unasked"), loads.IsIdle), Is.EqualTo((true, false, false)));
        });
        Assert.That(end, Is.LessThan(Instant.Start + Long));
    }

    [Test]
    public void It_stands_still_while_a_requests_load_is_under_way()
    {
        using var begun = new ManualResetEventSlim();
        ConcurrentQueue<string> order = [];
        using var fixture = new Fixture(capacity: 2, (key, wait) =>
        {
            if (wait is null)
            {
                begun.Set();
                Thread.Sleep(100);
            }
            else
            {
                begun.Wait();
                wait(TimeSpan.FromMilliseconds(1));
            }

            order.Enqueue(key);
        });
        fixture.Run(async loads =>
        {
            var ahead = loads.LoadAhead("unasked");
            await loads.Ask("asked");
            await ahead;
            Assert.That(loads.IsIdle);
        });
        Assert.That(order, Is.EqualTo(new[] { "asked", "unasked" }));
    }

    [TestCase(0)]
    [TestCase(1)]
    public void Who_asks_for_what_is_on_its_way_waits_for_the_same_load(int capacity)
    {
        var loaded = 0;
        using var fixture = new Fixture(capacity, (_, wait) =>
        {
            wait?.Invoke(TimeSpan.FromMilliseconds(50));
            Interlocked.Increment(ref loaded);
        });
        fixture.Run(async loads =>
        {
            _ = loads.LoadAhead("one");
            var report = await loads.Ask("one");
            Assert.That((report.Refusal, report.Fault), Is.EqualTo(((string?)null, (string?)null)));
            Assert.That((loaded, fixture.Memory.Holds("one")), Is.EqualTo((1, true)));
        });
    }

    [Test]
    public void What_nobody_has_asked_for_drives_out_nothing_that_is_used_and_no_more_than_was_said()
    {
        using var fixture = new Fixture(capacity: 2, static (_, _) => { });
        fixture.Run(async loads =>
        {
            await loads.Ask("a");
            await loads.Ask("b");
            Assert.That(fixture.Memory.RoomFor("c").Fits, Is.False, "those who asked for them have not begun to use them");
            fixture.Memory.Pin("a");
            fixture.Memory.Pin("b");
            await loads.LoadAhead("c");
            Assert.That((fixture.Memory.RoomFor("c").Fits, fixture.Memory.Holds("c")), Is.EqualTo((false, false)));
            Assert.That(fixture.Freed, Is.EqualTo(new[] { "c" }));
            fixture.Memory.Unpin("b");
            Assert.That(fixture.Memory.RoomFor("c").Leaving, Is.EqualTo(new[] { "b" }));
            await loads.LoadAhead("c");
            Assert.That((fixture.Memory.Holds("a"), fixture.Memory.Holds("b"), fixture.Memory.Holds("c")), Is.EqualTo((true, false, true)));
        });
    }

    [Test]
    public void One_that_cannot_be_loaded_is_refused_and_asked_for_again_refused_again()
    {
        using var fixture = new Fixture(capacity: 1, static (_, _) => throw new FileNotFoundException("gone"));
        fixture.Run(async loads =>
        {
            var (ahead, asked) = ((await loads.LoadAhead("one")).Refusal, (await loads.Ask("one")).Refusal);
            Assert.That((ahead, asked, loads.IsIdle), Is.EqualTo(("gone", "gone", true)));
        });
    }

    private sealed class Fixture : IDisposable
    {
        private readonly WallClockLoop _loop = new();
        private readonly AddOnLoads<string, string> _loads;

        public Fixture(int capacity, Action<string, Action<TimeSpan>?> load)
        {
            Memory = new AddOnMemory<string, string>(capacity, Freed.Add);
            var source = new AddOnSource<string, string>("test", (key, wait) =>
            {
                load(key, wait);
                return (key, 1);
            }, static key => key);
            _loads = new AddOnLoads<string, string>(source, Memory, _loop, static () => null);
        }

        public AddOnMemory<string, string> Memory { get; }

        public List<string> Freed { get; } = [];

        // On the loop's thread; says how long it took, the end of its threads included.
        public Instant Run(Func<AddOnLoads<string, string>, Task> body)
        {
            _loop.Run(() => Whole(body), CancellationToken.None);
            _loads.Dispose();
            return _loop.Now;
        }

        public void Dispose()
        {
            Memory.Dispose();
            _loop.Dispose();
        }

        private async Pending<bool> Whole(Func<AddOnLoads<string, string>, Task> body)
        {
            await body(_loads);
            return true;
        }
    }
}
