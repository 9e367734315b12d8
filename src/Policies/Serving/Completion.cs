using System.Runtime.ExceptionServices;

namespace SimServe.Policies.Serving;

/// <summary>A reusable answer that somebody will give later; it resumes its one awaiter inline, on the loop's thread.</summary>
/// <typeparam name="T">What the awaiter receives.</typeparam>
/// <remarks>
/// It can be awaited again when its answer has been read, and goes back to its <see cref="CompletionPool{T}"/> then: an await costs no allocation in
/// steady state. Completing it runs the awaiter before returning, so only the loop's thread may do so. Unlike the framework's sources of value tasks it is
/// for one thread and carries no execution context, so that an await costs neither an interlocked operation nor a type test.
/// </remarks>
public sealed class Completion<T>
{
    private readonly CompletionPool<T>? _pool;
    private Coroutine? _coroutine;
    private Action? _continuation;
    private ExceptionDispatchInfo? _error;
    private T _answer = default!;
    private bool _isComplete;

    /// <summary>Creates a completion that its owner uses again and again.</summary>
    public Completion()
    {
    }

    internal Completion(CompletionPool<T> pool, int number) => (_pool, Number) = (pool, number);

    /// <summary>Number within its pool, from 0; 0 without one.</summary>
    public int Number { get; }

    /// <summary>What to await; once for each answer.</summary>
    public Pending<T> Pending => new(this);

    /// <summary>Whether somebody waits for it.</summary>
    public bool IsAwaited => _coroutine is not null || _continuation is not null;

    internal bool IsComplete => _isComplete;

    // Free completions of a pool form a list.
    internal Completion<T>? NextFree { get; set; }

    /// <summary>Gives the answer and resumes the awaiter; one who comes later finds it.</summary>
    /// <param name="answer">What the awaiter receives.</param>
    public void Complete(T answer)
    {
        _answer = answer;
        _isComplete = true;
        Resume();
    }

    internal void Fail(Exception error)
    {
        _error = ExceptionDispatchInfo.Capture(error);
        _isComplete = true;
        Resume();
    }

    internal void ResumeLater(Coroutine coroutine) => _coroutine = coroutine;

    internal void ResumeLater(Action continuation) => _continuation = continuation;

    internal T Read()
    {
        if (!_isComplete)
        {
            throw new InvalidOperationException("An answer was read before it was given: it can only be awaited.");
        }

        _isComplete = false;
        var answer = _answer;
        _pool?.Return(this);
        if (_error is { } error)
        {
            _error = null;
            error.Throw();
        }

        return answer;
    }

    private void Resume()
    {
        if (_coroutine is { } coroutine)
        {
            _coroutine = null;
            coroutine.Resume();
        }
        else if (_continuation is { } continuation)
        {
            _continuation = null;
            continuation();
        }
    }
}
