using System.Collections.Concurrent;

namespace SimServe.GpuBackend.Tests.Cuda;

// A stream that does its work in order on a thread of its own.
internal sealed class FakeStream : IDisposable
{
    private readonly BlockingCollection<Func<bool>> _work = [];
    private readonly Thread _thread;

    public FakeStream()
    {
        _thread = new Thread(() =>
        {
            foreach (var work in _work.GetConsumingEnumerable())
            {
                work();
            }
        }) { IsBackground = true };
        _thread.Start();
    }

    public void Enqueue(Func<bool> work) => _work.Add(work);

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }
}
