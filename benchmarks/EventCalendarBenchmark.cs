using BenchmarkDotNet.Attributes;
using SimServe.Policies;
using SimServe.Simulator.Engine;

namespace SimServe.Benchmarks;

/// <summary>Question: what does one event cost? Hold model: every event handled schedules its successor.</summary>
[MemoryDiagnoser]
public class EventCalendarBenchmark
{
    private const int Events = 200_000;
    private const int Gaps = 65_536;

    private readonly TimeSpan[] _gaps = new TimeSpan[Gaps];
    private Hold _hold = null!;
    private EventCalendar _awaited = null!;
    private PriorityQueue<int, (long Due, long Sequence)> _queue = null!;
    private long _sequence;

    [Params(16, 1_024, 65_536)]
    public int Pending { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new RandomStream(1, "gaps");
        for (var i = 0; i < Gaps; i++)
        {
            _gaps[i] = Duration.FromSeconds(1e-3 - Math.Log(1 - random.NextDouble()));
        }

        _hold = new Hold(_gaps);
        _awaited = new EventCalendar();
        _queue = new PriorityQueue<int, (long, long)>();
        var clock = new VirtualClock(_awaited);
        for (var i = 0; i < Pending; i++)
        {
            _hold.Handle(i);
            _ = Loop(clock, i);
            _queue.Enqueue(i, (_gaps[i].Ticks, _sequence++));
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Events, Description = "BCL PriorityQueue, key (long, long)")]
    public void BuiltInQueue()
    {
        for (var i = 0; i < Events; i++)
        {
            _queue.TryDequeue(out var token, out var key);
            _queue.Enqueue(token, (key.Due + _gaps[_sequence & (Gaps - 1)].Ticks, _sequence++));
        }
    }

    [Benchmark(OperationsPerInvoke = Events, Description = "EventCalendar, handlers")]
    public void Handlers()
    {
        for (var i = 0; i < Events; i++)
        {
            _hold.Calendar.HandleNext();
        }
    }

    [Benchmark(OperationsPerInvoke = Events, Description = "VirtualClock, await Until")]
    public void Awaits()
    {
        for (var i = 0; i < Events; i++)
        {
            _awaited.HandleNext();
        }
    }

    private async Task Loop(VirtualClock clock, int next)
    {
        while (true)
        {
            await clock.Until(clock.Now + _gaps[next++ & (Gaps - 1)]);
        }
    }

    private sealed class Hold(TimeSpan[] gaps) : IEventHandler
    {
        private int _next;

        public EventCalendar Calendar { get; } = new();

        public void Handle(int token) =>
            Calendar.Schedule(Calendar.Now + gaps[_next++ & (Gaps - 1)], Phase.Timer, this, token);
    }
}
