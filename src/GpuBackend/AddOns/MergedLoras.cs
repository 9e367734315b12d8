using SimServe.GpuBackend.Adapters;

namespace SimServe.GpuBackend.AddOns;

/// <summary>LoRAs merged into copies of a worker's weights.</summary>
/// <param name="Own">Those of its model.</param>
/// <param name="Partner">Those of its partner's model, or <c>null</c> where both compute with one.</param>
internal sealed record MergedLoras(PreparedAdapters Own, PreparedAdapters? Partner) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Own.Dispose();
        Partner?.Dispose();
    }
}
