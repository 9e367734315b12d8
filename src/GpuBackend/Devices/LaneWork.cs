using SimServe.GpuBackend.AddOns;

namespace SimServe.GpuBackend.Devices;

/// <summary>What a compute thread needs to take steps of a batch.</summary>
/// <param name="Rows">The templates' rows.</param>
/// <param name="Controls">The ControlNets, or <c>null</c> for none.</param>
internal sealed record LaneWork(IStreamedRows Rows, StepControls? Controls) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Controls?.Dispose();
        Rows.Dispose();
    }
}
