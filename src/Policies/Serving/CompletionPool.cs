namespace SimServe.Policies.Serving;

/// <summary>Keeps <see cref="Completion{T}"/> objects for reuse. Used by the loop's thread only.</summary>
/// <typeparam name="T">What awaiters receive.</typeparam>
public sealed class CompletionPool<T>
{
    private readonly Stack<Completion<T>> _free = new();

    /// <summary>A completion that nobody awaits yet.</summary>
    public Completion<T> Rent() => _free.TryPop(out var completion) ? completion : new Completion<T>(this);

    internal void Return(Completion<T> completion) => _free.Push(completion);
}
