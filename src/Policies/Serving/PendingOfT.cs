using System.Runtime.CompilerServices;

namespace SimServe.Policies.Serving;

/// <summary>An answer that is there already or will be given later, on the loop's thread. To be awaited once.</summary>
/// <typeparam name="T">What the awaiter receives.</typeparam>
/// <remarks>
/// What the framework's <see cref="ValueTask{T}"/> is to programs of many threads, for one thread: the serving loop awaits clocks and devices several times for each
/// request, and in virtual time little else takes time. Async methods may return it, and any async method may await it.
/// </remarks>
[AsyncMethodBuilder(typeof(PendingMethodBuilder<>))]
public readonly struct Pending<T>
{
    private readonly Completion<T>? _completion;
    private readonly T _answer;

    /// <summary>An answer that is there.</summary>
    /// <param name="answer">The answer.</param>
    public Pending(T answer) => (_completion, _answer) = (null, answer);

    internal Pending(Completion<T> completion) => (_completion, _answer) = (completion, default!);

    /// <summary>Whether the answer is there.</summary>
    public bool IsCompleted => _completion is null || _completion.IsComplete;

    /// <summary>For the compiler, and for whoever knows that the answer is there.</summary>
    public PendingAwaiter<T> GetAwaiter() => new(_completion, _answer);
}
