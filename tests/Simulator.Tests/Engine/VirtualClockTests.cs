using SimServe.Policies;
using SimServe.Simulator.Engine;

namespace SimServe.Simulator.Tests.Engine;

public sealed class VirtualClockTests
{
    private readonly EventCalendar _calendar = new();
    private readonly VirtualClock _clock;
    private int _wakes;

    public VirtualClockTests() => _clock = new VirtualClock(_calendar);

    [Test]
    public void Until_resumes_at_its_instant()
    {
        var times = new List<Instant>();
        _ = Wait(times, 30);
        _ = Wait(times, 10);
        _ = Wait(times, 20);
        _calendar.Run();
        Assert.That(times, Is.EqualTo(new[] { new Instant(10), new Instant(20), new Instant(30) }));
    }

    [Test]
    public void Until_the_present_or_the_past_completes_at_once()
    {
        _calendar.RunUntil(new Instant(5));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_clock.Until(new Instant(5)).IsCompleted);
            Assert.That(_clock.Until(new Instant(4)).IsCompleted);
            Assert.That(_calendar.Pending, Is.Zero);
        }
    }

    [Test]
    public void Until_comes_after_everything_else_at_its_instant()
    {
        var recorder = new Recorder();
        _ = WaitAndRecord(recorder);
        _calendar.Schedule(new Instant(10), Phase.Arrival, recorder, 1);
        _calendar.Schedule(new Instant(10), Phase.StepBoundary, recorder, 0);
        _calendar.Run();
        Assert.That(recorder.Tokens, Is.EqualTo(new[] { 0, 1, 2 }));
    }

    [TestCase(1)]
    [TestCase(64)]
    [TestCase(1_024)]
    public void Waits_allocate_nothing_in_steady_state(int loops)
    {
        const int Wakes = 100_000;
        for (var i = 0; i < loops; i++)
        {
            _ = Tick(i + 1);
        }

        WakeTimes(Wakes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        WakeTimes(Wakes);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(allocated, Is.Zero);
            Assert.That(_wakes, Is.EqualTo(2 * Wakes));
        }
    }

    private void WakeTimes(int wakes)
    {
        for (var i = 0; i < wakes; i++)
        {
            _calendar.HandleNext();
        }
    }

    private async Task Tick(int period)
    {
        while (true)
        {
            await _clock.Until(_clock.Now + new TimeSpan(period));
            _wakes++;
        }
    }

    private async Task Wait(List<Instant> times, long ticks)
    {
        await _clock.Until(new Instant(ticks));
        times.Add(_clock.Now);
    }

    private async Task WaitAndRecord(Recorder recorder)
    {
        await _clock.Until(new Instant(10));
        recorder.Handle(2);
    }
}
