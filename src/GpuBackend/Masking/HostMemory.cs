using System.Runtime.InteropServices;

namespace SimServe.GpuBackend.Masking;

/// <summary>A block of host memory that never moves: where a recording's rows lie.</summary>
public abstract class HostMemory : IDisposable
{
    /// <summary>Its first byte; 0 once it is freed.</summary>
    public nint Address { get; private set; }

    /// <summary>Its size.</summary>
    public long Bytes { get; }

    /// <summary>Takes memory over.</summary>
    /// <param name="address">Its first byte.</param>
    /// <param name="bytes">Its size.</param>
    protected HostMemory(nint address, long bytes) => (Address, Bytes) = (address, bytes);

    /// <summary>Memory of the operating system's usual kind.</summary>
    /// <param name="bytes">Bytes, at least 1.</param>
    /// <exception cref="OutOfMemoryException">There is no more.</exception>
    public static HostMemory Pageable(long bytes) => new PageableMemory(bytes);

    /// <summary>Frees it; a second time does nothing.</summary>
    public void Dispose()
    {
        if (Address != 0)
        {
            Free(Address);
            Address = 0;
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the memory; called once. Must not throw.</summary>
    /// <param name="address">Its first byte.</param>
    protected abstract void Free(nint address);

    private sealed unsafe class PageableMemory(long bytes) : HostMemory(Allocate(bytes), bytes)
    {
        // Rows of vectors are copied fastest from a cache line's start.
        private const int Alignment = 64;

        protected override void Free(nint address) => NativeMemory.AlignedFree((void*)address);

        private static nint Allocate(long bytes)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
            return (nint)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
        }
    }
}
