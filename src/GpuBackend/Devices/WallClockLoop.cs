using SimServe.Policies;
using SimServe.Policies.Serving;

namespace SimServe.GpuBackend.Devices;

/// <summary>Wall-clock time and the one thread on which the serving loop runs over real devices.</summary>
/// <remarks>
/// The thread that calls <see cref="Run"/> becomes the loop's. It sleeps until a timer is due or a device thread posts a completion,
/// and resumes whoever awaits it; nothing else ever runs loop code. Timers fire up to a millisecond late, the resolution of the wait.
/// </remarks>
public sealed class WallClockLoop : IClock, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Queue<(Completion<DeviceReport> Completion, DeviceReport Report)> _posted = new();
    private readonly AutoResetEvent _work = new(false);
    private readonly PriorityQueue<Completion<Instant>, (long Due, long Order)> _timers = new();
    private readonly CompletionPool<Instant> _timerPool = new();
    private readonly WallClock _clock = new();
    private long _timersSet;

    /// <summary>Time since <see cref="Run"/> started. May be read on any thread.</summary>
    public Instant Now => _clock.Now;

    /// <inheritdoc/>
    public Pending<Instant> Until(Instant due)
    {
        if (due <= Now)
        {
            return new Pending<Instant>(Now);
        }

        var completion = _timerPool.Rent();
        _timers.Enqueue(completion, (due.Ticks, _timersSet++));
        return completion.Pending;
    }

    /// <summary>Completes a device call on the loop's thread. May be called on any thread.</summary>
    /// <param name="completion">The call.</param>
    /// <param name="report">Its answer.</param>
    public void Post(Completion<DeviceReport> completion, DeviceReport report)
    {
        lock (_gate)
        {
            _posted.Enqueue((completion, report));
        }

        _work.Set();
    }

    /// <summary>Starts the clock at zero and runs the loop on this thread until <paramref name="body"/> has completed.</summary>
    /// <typeparam name="T">What the body returns.</typeparam>
    /// <param name="body">The run; starts on this thread.</param>
    /// <param name="cancellation">Ends the run early with <see cref="OperationCanceledException"/>.</param>
    public T Run<T>(Func<Pending<T>> body, CancellationToken cancellation)
    {
        _clock.Restart();
        using var registration = cancellation.Register(() => _work.Set());
        var run = body();
        while (!run.IsCompleted)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!TryResume())
            {
                _work.WaitOne(UntilNextTimer());
            }
        }

#pragma warning disable CA1849 // It is completed: this thread ran it.
        return run.GetAwaiter().GetResult();
#pragma warning restore CA1849
    }

    /// <summary>Frees the loop's wait handle; call when no device posts to it any more.</summary>
    public void Dispose() => _work.Dispose();

    private bool TryResume()
    {
        (Completion<DeviceReport>? Completion, DeviceReport Report) next = default;
        lock (_gate)
        {
            if (_posted.Count > 0)
            {
                next = _posted.Dequeue();
            }
        }

        if (next.Completion is { } completion)
        {
            completion.Complete(next.Report);
            return true;
        }

        if (_timers.TryPeek(out _, out var timer) && timer.Due <= Now.Ticks)
        {
            _timers.Dequeue().Complete(Now);
            return true;
        }

        return false;
    }

    private int UntilNextTimer() => _timers.TryPeek(out _, out var timer)
        ? (int)Math.Clamp(Math.Ceiling(new TimeSpan(timer.Due - Now.Ticks).TotalMilliseconds), 0, int.MaxValue)
        : Timeout.Infinite;
}
