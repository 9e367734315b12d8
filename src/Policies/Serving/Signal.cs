using System.Threading.Tasks.Sources;

namespace SimServe.Policies.Serving;

// Something that one coroutine waits for again and again; it resumes inline, on the loop's thread. Costs no allocation.
internal sealed class Signal<T> : IValueTaskSource<T>
{
    private ManualResetValueTaskSourceCore<T> _core;

    public bool IsAwaited { get; private set; }

    public ValueTask<T> Wait()
    {
        IsAwaited = true;
        return new ValueTask<T>(this, _core.Version);
    }

    public void Set(T value)
    {
        IsAwaited = false;
        _core.SetResult(value);
    }

    T IValueTaskSource<T>.GetResult(short token)
    {
        var result = _core.GetResult(token);
        _core.Reset();
        return result;
    }

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);
}
