using SimServe.GpuBackend.Masking;
using SimServe.Policies;

namespace SimServe.GpuBackend.Devices;

/// <summary>How a kind of device does the work of its three threads: what differs between the processor and CUDA.</summary>
internal interface IDeviceStreams
{
    /// <summary>Called first on each of the device's threads.</summary>
    /// <param name="role">The thread's.</param>
    void Enter(StreamRole role);

    /// <summary>Waits until everything that a thread has given to the device is done: other threads may use its results, and free what it used.</summary>
    /// <param name="role">The thread's.</param>
    void Finish(StreamRole role);

    /// <summary>Host memory from which the device loads rows best.</summary>
    /// <param name="bytes">Bytes, at least 1.</param>
    HostMemory Allocate(long bytes);

    /// <summary>Keeps a template's rows in the device's own memory.</summary>
    /// <param name="use">The recording; disposed with the answer.</param>
    /// <param name="kept">For every block whether its rows stay; <c>null</c>: all of them.</param>
    /// <param name="copy">The device's copy thread.</param>
    ResidentRows Keep(RecordingUse use, IReadOnlyList<bool>? kept, WorkerThread copy);

    /// <summary>The rows of a batch; call it on the compute thread.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="branch">The guidance branch that the device computes; <c>null</c>: all of them.</param>
    IStreamedRows RowsFor(IReadOnlyList<EditState> batch, StepPlan plan, int? branch);
}
