#pragma warning disable RS0030 // The one place that reads the machine's timer.
using System.Diagnostics;
using SimServe.Policies;

namespace SimServe.GpuBackend.Devices;

/// <summary>The machine's timer. May be read on any thread.</summary>
public sealed class WallClock
{
    private long _start = Stopwatch.GetTimestamp();

    /// <summary>Time since the last <see cref="Restart"/>, or since creation.</summary>
    public Instant Now => Instant.Start + Stopwatch.GetElapsedTime(Interlocked.Read(ref _start));

    /// <summary>Makes the present the start.</summary>
    public void Restart() => Interlocked.Exchange(ref _start, Stopwatch.GetTimestamp());
}
