using SimServe.GpuBackend.Devices;
using SimServe.Policies;

namespace SimServe.GpuBackend.AddOns;

/// <summary>The pace of the storage that add-ons come from: a load takes at least as long as its bytes over the bandwidth.</summary>
/// <param name="bytesPerSecond">Bandwidth, bytes/s, above 0; <c>null</c>: as fast as the file system is.</param>
internal sealed class AddOnStorage(double? bytesPerSecond)
{
    private readonly CpuLink? _link = bytesPerSecond is { } bandwidth ? new CpuLink(bandwidth, new WallClock(), static () => 1) : null;

    /// <summary>A load begins.</summary>
    public Instant Begin() => _link?.Now ?? default;

    /// <summary>It has read its bytes: waits until they would have come.</summary>
    /// <param name="begun">When it began.</param>
    /// <param name="bytes">The bytes.</param>
    /// <param name="wait">Waits in its stead, where it is not in a hurry; <c>null</c>: it is.</param>
    public void End(Instant begun, long bytes, Action<TimeSpan>? wait)
    {
        if (_link is null)
        {
            wait?.Invoke(TimeSpan.Zero);
        }
        else if (wait is null)
        {
            _link.WaitUntil(begun + _link.TimeOf(bytes));
        }
        else
        {
            wait(begun + _link.TimeOf(bytes) - _link.Now);
        }
    }
}
