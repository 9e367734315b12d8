using System.Threading.Tasks.Sources;

namespace SimServe.Policies.Serving;

/// <summary>A reusable completion that resumes its one awaiter inline, on the loop's thread.</summary>
/// <typeparam name="T">What the awaiter receives.</typeparam>
/// <remarks>
/// Rented from a <see cref="CompletionPool{T}"/> and returned to it when its result has been read: an await costs no allocation in
/// steady state. Completing it runs the awaiter before returning, so only the loop's thread may do so.
/// </remarks>
public sealed class Completion<T> : IValueTaskSource<T>, IValueTaskSource
{
    private readonly CompletionPool<T> _pool;
    private ManualResetValueTaskSourceCore<T> _core;

    internal Completion(CompletionPool<T> pool) => _pool = pool;

    /// <summary>What to await; once.</summary>
    public ValueTask<T> Task => new(this, _core.Version);

    /// <summary>What to await when the result does not matter; once.</summary>
    public ValueTask Untyped => new(this, _core.Version);

    /// <summary>Resumes the awaiter.</summary>
    /// <param name="result">What it receives.</param>
    public void Complete(T result) => _core.SetResult(result);

    /// <inheritdoc/>
    T IValueTaskSource<T>.GetResult(short token) => Read(token);

    /// <inheritdoc/>
    void IValueTaskSource.GetResult(short token) => Read(token);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);

    private T Read(short token)
    {
        var result = _core.GetResult(token);
        _core.Reset();
        _pool.Return(this);
        return result;
    }
}
