namespace SimServe.Policies.Serving;

// An awaiter that resumes a coroutine without a delegate.
internal interface ICoroutineAwaiter
{
    void ResumeLater(Coroutine coroutine);
}
