using SimServe.GpuBackend.Cuda;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Masking;
using SimServe.Policies;

namespace SimServe.GpuBackend.Tests.AddOns;

/// <summary>A device that has no streams left for its threads.</summary>
internal sealed class UnreadyStreams : IDeviceStreams
{
    public const string Reason = "no streams are left";

    public void Enter(StreamRole role) => throw new CudaException(Reason);

    public void Finish(StreamRole role)
    {
    }

    public HostMemory Allocate(long bytes) => HostMemory.Pageable(bytes);

    public ResidentRows Keep(RecordingUse use, IReadOnlyList<bool>? kept, WorkerThread copy) => throw new NotSupportedException();

    public IStreamedRows RowsFor(IReadOnlyList<EditState> batch, StepPlan plan, int? branch) => throw new NotSupportedException();
}
