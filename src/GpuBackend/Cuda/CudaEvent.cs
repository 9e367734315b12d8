namespace SimServe.GpuBackend.Cuda;

/// <summary>A place in a stream's work.</summary>
internal sealed class CudaEvent : IDisposable
{
    private readonly CudaInterop _cuda;
    private nint _handle;

    /// <summary>Creates it; it is nowhere until a stream records it.</summary>
    /// <param name="cuda">CUDA.</param>
    /// <param name="timed">Whether times between it and others will be asked for.</param>
    public CudaEvent(CudaInterop cuda, bool timed) => (_cuda, _handle) = (cuda, cuda.NewEvent(timed));

    /// <summary>Whether its stream has reached it.</summary>
    public bool IsDone => _cuda.IsDone(Handle);

    internal nint Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(_handle == 0, this);
            return _handle;
        }
    }

    /// <summary>Seconds from another event to this one; both timed and reached.</summary>
    public double SecondsSince(CudaEvent earlier) => _cuda.SecondsBetween(earlier.Handle, Handle);

    /// <summary>Waits on the calling thread until its stream has reached it.</summary>
    public void Wait() => _cuda.WaitFor(Handle);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_handle != 0)
        {
            try
            {
                _cuda.FreeEvent(_handle);
            }
            catch (CudaException)
            {
                // Once a device has failed every call fails, and its failure has been told: cleaning up must not hide it.
            }

            _handle = 0;
        }
    }
}
