namespace SimServe.Policies.Serving;

/// <summary>Keeps <see cref="Completion{T}"/> objects for reuse. Used by the loop's thread only.</summary>
/// <typeparam name="T">What awaiters receive.</typeparam>
public sealed class CompletionPool<T>
{
    private readonly List<Completion<T>> _all = [];
    private Completion<T>? _free;

    /// <summary>The completion with a number: an event can carry it instead of the object.</summary>
    /// <param name="number">A <see cref="Completion{T}.Number"/> of this pool.</param>
    public Completion<T> this[int number] => _all[number];

    /// <summary>A completion that nobody awaits yet.</summary>
    public Completion<T> Rent()
    {
        var rented = _free;
        if (rented is null)
        {
            rented = new Completion<T>(this, _all.Count);
            _all.Add(rented);
            return rented;
        }

        _free = rented.NextFree;
        return rented;
    }

    internal void Return(Completion<T> completion)
    {
        completion.NextFree = _free;
        _free = completion;
    }
}
