namespace SimServe.GpuBackend.Pipelines;

/// <summary>A model does not fit into a device's free memory; the message says how much is needed and how much there is.</summary>
public sealed class NotEnoughMemoryException : Exception
{
    /// <summary>Creates the exception.</summary>
    public NotEnoughMemoryException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">How much is needed, how much is free, what to do.</param>
    public NotEnoughMemoryException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">How much is needed, how much is free, what to do.</param>
    /// <param name="inner">The cause.</param>
    public NotEnoughMemoryException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
