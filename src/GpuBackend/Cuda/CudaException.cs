namespace SimServe.GpuBackend.Cuda;

/// <summary>A CUDA call failed; the message names the call, CUDA's reason, and what to do where that is known.</summary>
public sealed class CudaException : Exception
{
    /// <summary>Creates the exception.</summary>
    public CudaException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">The call and the reason.</param>
    public CudaException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">The call and the reason.</param>
    /// <param name="inner">The cause.</param>
    public CudaException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
