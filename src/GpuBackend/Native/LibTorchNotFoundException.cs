namespace SimServe.GpuBackend.Native;

/// <summary>The native Torch libraries are missing or do not load; the message says which, where, and what to do.</summary>
public sealed class LibTorchNotFoundException : Exception
{
    /// <summary>Creates the exception.</summary>
    public LibTorchNotFoundException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which file, which folder, what to do.</param>
    public LibTorchNotFoundException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which file, which folder, what to do.</param>
    /// <param name="inner">The cause.</param>
    public LibTorchNotFoundException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
