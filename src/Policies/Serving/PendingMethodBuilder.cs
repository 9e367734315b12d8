using System.Runtime.CompilerServices;

namespace SimServe.Policies.Serving;

/// <summary>Builds async methods that return a <see cref="Pending"/>. For the compiler.</summary>
public struct PendingMethodBuilder
{
    private PendingMethodBuilder<bool> _builder;

    /// <summary>What the caller of the method receives.</summary>
    public readonly Pending Task => new(_builder.Task);

    /// <summary>A builder for one call.</summary>
    public static PendingMethodBuilder Create() => default;

    /// <inheritdoc cref="PendingMethodBuilder{T}.Start"/>
    public readonly void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine => stateMachine.MoveNext();

    /// <inheritdoc cref="PendingMethodBuilder{T}.SetStateMachine"/>
    public readonly void SetStateMachine(IAsyncStateMachine stateMachine)
    {
    }

    /// <summary>The method has returned.</summary>
    public void SetResult() => _builder.SetResult(true);

    /// <inheritdoc cref="PendingMethodBuilder{T}.SetException"/>
    public void SetException(Exception exception) => _builder.SetException(exception);

    /// <inheritdoc cref="PendingMethodBuilder{T}.AwaitOnCompleted"/>
    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine => _builder.AwaitOnCompleted(ref awaiter, ref stateMachine);

    /// <inheritdoc cref="PendingMethodBuilder{T}.AwaitUnsafeOnCompleted"/>
    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine => _builder.AwaitUnsafeOnCompleted(ref awaiter, ref stateMachine);
}
