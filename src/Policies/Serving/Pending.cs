using System.Runtime.CompilerServices;

namespace SimServe.Policies.Serving;

/// <summary>Something that is done already or will be later, on the loop's thread; a <see cref="Pending{T}"/> without an answer.</summary>
[AsyncMethodBuilder(typeof(PendingMethodBuilder))]
public readonly struct Pending
{
    private readonly Pending<bool> _pending;

    internal Pending(Pending<bool> pending) => _pending = pending;

    /// <summary>For the compiler, and for whoever knows that it is done.</summary>
    public PendingAwaiter<bool> GetAwaiter() => _pending.GetAwaiter();
}
