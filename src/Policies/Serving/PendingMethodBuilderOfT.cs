using System.Runtime.CompilerServices;

namespace SimServe.Policies.Serving;

/// <summary>Builds async methods that return a <see cref="Pending{T}"/>. For the compiler.</summary>
/// <typeparam name="T">What the method returns.</typeparam>
/// <remarks>The method becomes a coroutine of one thread: nothing of an execution context is kept, and resuming it is a call.</remarks>
public struct PendingMethodBuilder<T>
{
    private Coroutine? _coroutine;
    private Completion<T>? _completion;
    private T _answer;

    /// <summary>What the caller of the method receives.</summary>
    public readonly Pending<T> Task => _completion is null ? new Pending<T>(_answer) : _completion.Pending;

    /// <summary>A builder for one call.</summary>
#pragma warning disable CA1000 // The compiler's contract.
    public static PendingMethodBuilder<T> Create() => default;
#pragma warning restore CA1000

    /// <summary>Runs the method up to where it first waits.</summary>
    /// <typeparam name="TStateMachine">The method.</typeparam>
    /// <param name="stateMachine">The method.</param>
    public readonly void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine => stateMachine.MoveNext();

    /// <summary>Part of the compiler's contract; not used.</summary>
    /// <param name="stateMachine">The method.</param>
    public readonly void SetStateMachine(IAsyncStateMachine stateMachine)
    {
    }

    /// <summary>The method has returned.</summary>
    /// <param name="answer">Its answer.</param>
    public void SetResult(T answer)
    {
        if (_completion is null)
        {
            _answer = answer;
        }
        else
        {
            _completion.Complete(answer);
        }
    }

    /// <summary>The method has failed.</summary>
    /// <param name="exception">Why.</param>
    public void SetException(Exception exception) => (_completion ??= new Completion<T>()).Fail(exception);

    /// <summary>The method waits.</summary>
    /// <typeparam name="TAwaiter">What it waits with.</typeparam>
    /// <typeparam name="TStateMachine">The method.</typeparam>
    /// <param name="awaiter">What it waits with.</param>
    /// <param name="stateMachine">The method.</param>
    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine => awaiter.OnCompleted(Suspended(ref stateMachine).AsAction);

    /// <inheritdoc cref="AwaitOnCompleted{TAwaiter, TStateMachine}"/>
    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine
    {
        var coroutine = Suspended(ref stateMachine);

        // The compiler of the machine's code knows both types: the test and the box are gone.
        if (default(TAwaiter) is not null && awaiter is ICoroutineAwaiter)
        {
            ((ICoroutineAwaiter)awaiter).ResumeLater(coroutine);
        }
        else
        {
            awaiter.UnsafeOnCompleted(coroutine.AsAction);
        }
    }

    // The method moves to the heap when it first waits. This builder is a part of it and must know that before it is copied.
    private Coroutine Suspended<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine
    {
        if (_coroutine is null)
        {
            var coroutine = new Coroutine<TStateMachine>();
            (_coroutine, _completion) = (coroutine, new Completion<T>());
            coroutine.StateMachine = stateMachine;
        }

        return _coroutine;
    }
}
