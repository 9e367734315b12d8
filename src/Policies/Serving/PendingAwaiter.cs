using System.Runtime.CompilerServices;

namespace SimServe.Policies.Serving;

/// <summary>Awaits a <see cref="Pending{T}"/>.</summary>
/// <typeparam name="T">What the awaiter receives.</typeparam>
public readonly struct PendingAwaiter<T> : ICriticalNotifyCompletion, ICoroutineAwaiter
{
    private readonly Completion<T>? _completion;
    private readonly T _answer;

    internal PendingAwaiter(Completion<T>? completion, T answer) => (_completion, _answer) = (completion, answer);

    /// <summary>Whether the answer is there.</summary>
    public bool IsCompleted => _completion is null || _completion.IsComplete;

    /// <summary>The answer; may be read once.</summary>
    /// <exception cref="InvalidOperationException">It is not there.</exception>
    public T GetResult() => _completion is null ? _answer : _completion.Read();

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => _completion!.ResumeLater(continuation);

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation) => _completion!.ResumeLater(continuation);

    void ICoroutineAwaiter.ResumeLater(Coroutine coroutine) => _completion!.ResumeLater(coroutine);
}
