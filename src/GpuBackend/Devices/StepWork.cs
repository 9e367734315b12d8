namespace SimServe.GpuBackend.Devices;

/// <summary>What a worker needs to take steps of a batch.</summary>
/// <param name="Own">Of its own compute thread: of the whole step, or of one guidance branch where there is a partner.</param>
/// <param name="Partner">Of its partner, or <c>null</c> where it is one device.</param>
internal sealed record StepWork(LaneWork Own, LaneWork? Partner) : IDisposable
{
    /// <summary>Bytes that the last step loaded over a device's link; a partner has as many to load over its own.</summary>
    public long Bytes => Own.Rows.Bytes;

    /// <inheritdoc/>
    public void Dispose()
    {
        Own.Dispose();
        Partner?.Dispose();
    }
}
