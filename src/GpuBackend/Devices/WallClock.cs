#pragma warning disable RS0030 // The one place that reads the machine's timer.
using System.Diagnostics;
using SimServe.Policies;

namespace SimServe.GpuBackend.Devices;

/// <summary>The machine's timer. May be read on any thread.</summary>
public sealed class WallClock
{
    private static readonly TimeSpan SleepAtLeast = TimeSpan.FromMilliseconds(1.2);

    private long _start = Stopwatch.GetTimestamp();

    /// <summary>Time since the last <see cref="Restart"/>, or since creation.</summary>
    public Instant Now => Instant.Start + Stopwatch.GetElapsedTime(Interlocked.Read(ref _start));

    /// <summary>Waits on the calling thread: sleeps while the time is more than a millisecond away, and yields for the rest, for which a timer alone is too coarse.</summary>
    /// <param name="due">When to go on; at once where that has passed.</param>
    public void WaitUntil(Instant due)
    {
        for (var left = due - Now; left > TimeSpan.Zero; left = due - Now)
        {
            if (left > SleepAtLeast)
            {
                Thread.Sleep((int)(left - SleepAtLeast).TotalMilliseconds + 1);
            }
            else
            {
                Thread.Yield();
            }
        }
    }

    /// <summary>Makes the present the start.</summary>
    public void Restart() => Interlocked.Exchange(ref _start, Stopwatch.GetTimestamp());
}
