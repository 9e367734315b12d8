using SimServe.GpuBackend.Masking;
using SimServe.Policies;
using TorchSharp;

namespace SimServe.GpuBackend.Devices;

/// <summary>The streams of a CPU worker are its threads: Torch works on the thread that calls it, and copies keep to the link's bandwidth.</summary>
/// <param name="link">The pace of copies.</param>
internal sealed class CpuStreams(CpuLink link) : IDeviceStreams
{
    /// <inheritdoc/>
    public void Enter(StreamRole role)
    {
        if (role != StreamRole.Copy)
        {
            torch.set_num_threads(1);
        }
    }

    /// <inheritdoc/>
    public void Finish(StreamRole role)
    {
    }

    /// <inheritdoc/>
    public HostMemory Allocate(long bytes) => HostMemory.Pageable(bytes);

    /// <inheritdoc/>
    public ResidentRows Keep(RecordingUse use, IReadOnlyList<bool>? kept, WorkerThread copy) => new HostResidentRows(use, kept);

    /// <inheritdoc/>
    public IStreamedRows RowsFor(IReadOnlyList<EditState> batch, StepPlan plan, int? branch) => new StreamedTemplateRows(batch, plan, branch, link);
}
