using SimServe.GpuBackend.Devices;
using SimServe.Policies;

namespace SimServe.GpuBackend.Tests.Cuda;

// An event that a stream of the fake will come to, and the time when it did.
internal sealed class FakeMark
{
    // What CUDA says of a kernel that runs for ever.
    public const int TimedOut = 702;

    private static readonly WallClock Clock = new();
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsReached => _reached.Task.IsCompleted;

    public Instant At { get; private set; }

    public bool Reach()
    {
        At = Clock.Now;
        _reached.TrySetResult();
        return true;
    }

    // False where it would wait for ever.
    public bool Wait() => _reached.Task.Wait(Patience);
}
