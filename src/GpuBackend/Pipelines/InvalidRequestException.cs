namespace SimServe.GpuBackend.Pipelines;

/// <summary>A request does not fit its pipeline; the message lists every fault with what was found and what is allowed.</summary>
public sealed class InvalidRequestException : Exception
{
    /// <summary>Creates the exception.</summary>
    public InvalidRequestException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Every fault.</param>
    public InvalidRequestException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Every fault.</param>
    /// <param name="inner">The cause.</param>
    public InvalidRequestException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>Throws when there are faults.</summary>
    /// <param name="faults">Everything that is wrong, each in one line.</param>
    internal static void ThrowIfAny(IReadOnlyList<string> faults)
    {
        if (faults.Count > 0)
        {
            throw new InvalidRequestException($"The request cannot be served: {string.Join("; ", faults)}.");
        }
    }
}
