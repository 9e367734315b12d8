namespace SimServe.GpuBackend.Training;

/// <summary>A training cannot go on; the message says why and what is kept.</summary>
public sealed class TrainingException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">For a person.</param>
    /// <param name="inner">The cause, if another exception was.</param>
    public TrainingException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
