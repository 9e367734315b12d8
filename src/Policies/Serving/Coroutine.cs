using System.Runtime.CompilerServices;

namespace SimServe.Policies.Serving;

// An async method of the loop that has been suspended. It is resumed by a plain call.
internal abstract class Coroutine
{
    private Action? _resume;

    // For awaiters that know nothing of coroutines.
    public Action AsAction => _resume ??= Resume;

    public abstract void Resume();
}

// It lives as long as the method runs: whatever never ends costs one allocation.
internal sealed class Coroutine<TStateMachine> : Coroutine
    where TStateMachine : IAsyncStateMachine
{
    public TStateMachine StateMachine = default!;

    public override void Resume() => StateMachine.MoveNext();
}
