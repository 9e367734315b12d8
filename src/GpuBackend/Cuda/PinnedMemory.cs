using SimServe.GpuBackend.Masking;

namespace SimServe.GpuBackend.Cuda;

/// <summary>Host memory from which a device copies without a detour.</summary>
/// <param name="cuda">CUDA.</param>
/// <param name="bytes">Bytes, at least 1.</param>
/// <exception cref="CudaException">The host gives no more pinned memory.</exception>
internal sealed class PinnedMemory(CudaInterop cuda, long bytes) : HostMemory(cuda.AllocatePinned(bytes), bytes)
{
    /// <inheritdoc/>
    protected override void Free(nint address)
    {
        try
        {
            cuda.FreePinned(address);
        }
        catch (CudaException)
        {
            // Once a device has failed every call fails, and its failure has been told: cleaning up must not hide it.
        }
    }
}
