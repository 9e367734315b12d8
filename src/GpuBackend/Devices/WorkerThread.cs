using System.Collections.Concurrent;

namespace SimServe.GpuBackend.Devices;

// A named thread that runs jobs one after the other: a stream of a CPU device.
internal sealed class WorkerThread : IDisposable
{
    private readonly BlockingCollection<Action> _jobs = [];
    private readonly Thread _thread;

    public WorkerThread(string name, Action onStart)
    {
        _thread = new Thread(() => Work(onStart)) { Name = name, IsBackground = true };
        _thread.Start();
    }

    // Jobs must not throw: they answer with a fault instead.
    public void Enqueue(Action job) => _jobs.Add(job);

    public void Dispose()
    {
        _jobs.CompleteAdding();
        _thread.Join();
        _jobs.Dispose();
    }

    private void Work(Action onStart)
    {
        onStart();
        foreach (var job in _jobs.GetConsumingEnumerable())
        {
            job();
        }
    }
}
