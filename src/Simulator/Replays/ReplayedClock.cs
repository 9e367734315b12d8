using SimServe.Policies;
using SimServe.Policies.Serving;

namespace SimServe.Simulator.Replays;

/// <summary>The clock of a replay: it goes from one recorded wait to the next, and whoever waits for what was recorded goes on.</summary>
/// <param name="recording">The recording.</param>
internal sealed class ReplayedClock(RunRecording recording) : IClock
{
    private readonly CompletionPool<Wake> _pool = new();
    private readonly Dictionary<WakeCall, Queue<Completion<Wake>>> _waiting = [];
    private int _next;
    private int _read;
    private Instant _now;

    /// <inheritdoc/>
    /// <remarks>What it said when the recorded loop looked; whoever looks more often than that has parted from it.</remarks>
    public Instant Now => _read < recording.Reads.Count ? recording.Reads[_read++] : _now;

    /// <summary>When the last recorded wait that was played ended.</summary>
    public Instant LastWake => _now;

    /// <summary>What the recording says next though nobody waits for it, in words; <c>null</c> as long as everything was waited for.</summary>
    public string? Divergence { get; private set; }

    /// <inheritdoc/>
    public async Pending<Instant> Until(Instant due) => (await Wait(new WakeCall(WakeKind.Timer, 0, due.Ticks))).At;

    /// <summary>Waits for what was recorded of a call.</summary>
    /// <param name="call">The call.</param>
    public Pending<Wake> Wait(in WakeCall call)
    {
        if (_next < recording.Wakes.Count && recording.Wakes[_next] is { AtOnce: true } next && next.Call == call)
        {
            (_now, _next) = (next.At, _next + 1);
            return new Pending<Wake>(next);
        }

        if (!_waiting.TryGetValue(call, out var queue))
        {
            _waiting.Add(call, queue = new Queue<Completion<Wake>>());
        }

        var completion = _pool.Rent();
        queue.Enqueue(completion);
        return completion.Pending;
    }

    /// <summary>Lets whoever waits for the next of the recorded waits go on.</summary>
    /// <returns>Whether there was one, and somebody waited for it.</returns>
    public bool TryWake()
    {
        if (_next == recording.Wakes.Count)
        {
            return false;
        }

        var wake = recording.Wakes[_next++];
        _now = wake.At;
        if (!_waiting.TryGetValue(wake.Call, out var queue) || !queue.TryDequeue(out var completion))
        {
            Divergence = $"at {wake.At} the recorded run went on after {wake.Call}, for which the replay does not wait";
            return false;
        }

        completion.Complete(wake);
        return true;
    }
}
