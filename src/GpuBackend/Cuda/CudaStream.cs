namespace SimServe.GpuBackend.Cuda;

/// <summary>A queue of work on a device, from libtorch's pool.</summary>
/// <remarks>Work of one stream runs in order; streams run beside each other, but where one waits for an event of another.</remarks>
internal sealed class CudaStream
{
    private readonly CudaInterop _cuda;
    private readonly nint _handle;

    /// <summary>Takes one from the pool.</summary>
    /// <param name="cuda">CUDA.</param>
    /// <param name="device">The device's number.</param>
    /// <param name="highPriority">Whether its work goes before that of other streams where both could run.</param>
    public CudaStream(CudaInterop cuda, int device, bool highPriority = false) =>
        (_cuda, Device, _handle) = (cuda, device, cuda.StreamOf(device, highPriority));

    /// <summary>The device's number.</summary>
    public int Device { get; }

    /// <summary>Lets libtorch work on this stream for the calling thread, until another is made its.</summary>
    public void MakeCurrent()
    {
        _cuda.UseDevice(Device);
        _cuda.UseStream(_handle, Device);
    }

    /// <summary>Puts an event behind all work given so far.</summary>
    public void Record(CudaEvent at) => _cuda.Record(at.Handle, _handle);

    /// <summary>Lets work given from now on wait for an event; the calling thread goes on.</summary>
    public void WaitFor(CudaEvent at) => _cuda.Wait(_handle, at.Handle);

    /// <summary>Waits on the calling thread until all its work is done.</summary>
    public void Synchronize() => _cuda.Synchronize(_handle);

    /// <summary>Copies bytes, to or from the device or within it.</summary>
    /// <param name="destination">First byte.</param>
    /// <param name="source">First byte; host memory must be pinned and stay until the stream has passed.</param>
    /// <param name="bytes">Bytes.</param>
    public void Copy(nint destination, nint source, long bytes) => _cuda.Copy(destination, source, bytes, _handle);
}
