using CsCheck;
using SimServe.Policies;
using SimServe.Simulator.Engine;

namespace SimServe.Simulator.Tests.Engine;

public sealed class EventCalendarTests
{
    private readonly EventCalendar _calendar = new();
    private readonly Recorder _recorder = new();

    [Test]
    public void Run_at_equal_times_goes_by_phase_and_then_first_in_first_out()
    {
        Phase[] phases = [Phase.Timer, Phase.Arrival, Phase.Completion, Phase.StepBoundary];
        for (var token = 0; token < 8; token++)
        {
            _calendar.Schedule(new Instant(5), phases[token % 4], _recorder, token);
        }

        _calendar.Run();
        Assert.That(_recorder.Tokens, Is.EqualTo(new[] { 3, 7, 2, 6, 1, 5, 0, 4 }));
    }

    [Test]
    public void Run_goes_by_time_before_phase()
    {
        _calendar.Schedule(new Instant(2), Phase.StepBoundary, _recorder, 2);
        _calendar.Schedule(new Instant(1), Phase.Timer, _recorder, 1);
        _calendar.Run();
        Assert.That(_recorder.Tokens, Is.EqualTo(new[] { 1, 2 }));
    }

    [Test]
    public void Ties_hold_past_every_growth_of_the_heap()
    {
        const int Events = 20_000;
        for (var token = 0; token < Events; token++)
        {
            _calendar.Schedule(new Instant(7), Phase.Arrival, _recorder, token);
        }

        _calendar.Run();
        Assert.That(_recorder.Tokens, Is.EqualTo(Enumerable.Range(0, Events)));
    }

    [Test]
    public void Ties_hold_when_handlers_schedule_at_their_own_instant()
    {
        var chain = new Relay(_calendar, _recorder, 3_000);
        _calendar.Schedule(new Instant(1), Phase.Arrival, chain, 0);
        _calendar.Schedule(new Instant(1), Phase.Timer, _recorder, -1);
        _calendar.Run();
        Assert.That(_recorder.Tokens, Is.EqualTo(Enumerable.Range(0, 3_000).Append(-1)));
    }

    [Test]
    public void Schedule_in_the_past_names_both_times()
    {
        _calendar.Schedule(Instant.FromSeconds(2), Phase.Timer, _recorder, 0);
        _calendar.Run();
        Assert.That(
            () => _calendar.Schedule(Instant.FromSeconds(1.5), Phase.Timer, _recorder, 0),
            Throws.InstanceOf<ArgumentOutOfRangeException>()
                .With.Message.Contains("1.500 s (15000000 ticks)")
                .And.Message.Contains("the present is 2.000 s (20000000 ticks)"));
    }

    [Test]
    public void RunUntil_includes_its_end_and_makes_it_the_present()
    {
        for (var tick = 1; tick <= 3; tick++)
        {
            _calendar.Schedule(new Instant(tick * 10), Phase.Timer, _recorder, tick);
        }

        _calendar.RunUntil(new Instant(20));
        _calendar.RunUntil(new Instant(25));
        _calendar.RunUntil(new Instant(3));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_recorder.Tokens, Is.EqualTo(new[] { 1, 2 }));
            Assert.That(_calendar.Now, Is.EqualTo(new Instant(25)));
            Assert.That(_calendar.Pending, Is.EqualTo(1));
        }
    }

    [Test]
    public void Counters_count_and_an_empty_calendar_ends_quietly()
    {
        var handle = _calendar.Schedule(new Instant(1), Phase.Timer, _recorder, 0);
        _calendar.Schedule(new Instant(2), Phase.Timer, _recorder, 1);
        _calendar.Cancel(handle);
        _calendar.Run();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_calendar.Scheduled, Is.EqualTo(2));
            Assert.That(_calendar.Handled, Is.EqualTo(1));
            Assert.That(_calendar.Pending, Is.Zero);
            Assert.That(_calendar.HandleNext(), Is.False);
            Assert.That(_calendar.TryPeek(out _), Is.False);
        }
    }

    [Test]
    public void Cancel_with_an_old_handle_leaves_the_next_event_of_the_slot_alone()
    {
        var old = _calendar.Schedule(new Instant(1), Phase.Timer, _recorder, 0);
        _calendar.Run();
        _calendar.Schedule(new Instant(2), Phase.Timer, _recorder, 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_calendar.Cancel(old), Is.False);
            Assert.That(_calendar.Cancel(default), Is.False);
        }

        _calendar.Run();
        Assert.That(_recorder.Tokens, Is.EqualTo(new[] { 0, 1 }));
    }

    [Test]
    public void Any_pushes_pops_and_cancels_give_what_a_sorted_list_gives()
    {
        var operation = Gen.Select(Gen.Int[0, 9], Gen.Int[0, 20], Gen.Int[0, 3], Gen.Int[0, 100_000]);
        operation.Array[0, 600].Sample(static operations =>
        {
            var model = new SortedListModel();
            foreach (var (kind, delay, phase, pick) in operations)
            {
                model.Do(kind, delay, (Phase)phase, pick);
            }

            return model.RunAndCompare();
        });
    }

    [Test]
    public void Mostly_cancelled_calendars_are_swept_and_keep_their_order()
    {
        var model = new SortedListModel();
        for (var i = 0; i < 5_000; i++)
        {
            model.Do(0, i * 7919 % 1000, (Phase)(i % 4), 0);
            model.Do(i % 10 < 8 ? 9 : 0, i * 31 % 500, Phase.Timer, i * 104_729 % 10_007);
        }

        Assert.That(model.RunAndCompare());
    }

    [TestCase(16)]
    [TestCase(1_024)]
    [TestCase(65_536)]
    public void Events_allocate_nothing_in_steady_state(int pending)
    {
        const int Events = 200_000;
        _ = new Holder(_calendar, pending);
        Handle(Events);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Handle(Events);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private void Handle(int events)
    {
        for (var i = 0; i < events; i++)
        {
            _calendar.HandleNext();
        }
    }

    private sealed class Relay(EventCalendar calendar, Recorder recorder, int last) : IEventHandler
    {
        public void Handle(int token)
        {
            recorder.Handle(token);
            if (token + 1 < last)
            {
                calendar.Schedule(calendar.Now, Phase.Arrival, this, token + 1);
            }
        }
    }
}
