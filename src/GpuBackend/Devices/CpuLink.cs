using SimServe.Policies;

namespace SimServe.GpuBackend.Devices;

/// <summary>The pace of a CPU device's copy stream: copies are real, and take at least as long as the link's bandwidth allows.</summary>
/// <remarks>
/// A copy is due at the time its bytes take on a link that is busy with nothing else.
/// </remarks>
/// <param name="bytesPerSecond">Bandwidth, bytes/s.</param>
/// <param name="clock">The machine's timer.</param>
/// <param name="share">Share of the bandwidth that there is at present, above 0 to 1.</param>
internal sealed class CpuLink(double bytesPerSecond, WallClock clock, Func<double> share)
{
    public Instant Now => clock.Now;

    public TimeSpan TimeOf(long bytes) => Duration.FromSeconds(bytes / (bytesPerSecond * share()));

    public void WaitUntil(Instant due) => clock.WaitUntil(due);
}
