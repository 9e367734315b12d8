namespace SimServe.GpuBackend.Cuda;

/// <summary>Host memory from which a device copies without a detour.</summary>
internal sealed class PinnedMemory : IDisposable
{
    private readonly CudaInterop _cuda;

    /// <summary>Allocates it.</summary>
    /// <param name="cuda">CUDA.</param>
    /// <param name="bytes">Bytes, at least 1.</param>
    /// <exception cref="CudaException">The host gives no more pinned memory.</exception>
    public PinnedMemory(CudaInterop cuda, long bytes) => (_cuda, Address, Bytes) = (cuda, cuda.AllocatePinned(bytes), bytes);

    /// <summary>Its first byte; 0 once it is freed.</summary>
    public nint Address { get; private set; }

    /// <summary>Its size.</summary>
    public long Bytes { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Address != 0)
        {
            _cuda.FreePinned(Address);
            Address = 0;
        }
    }
}
