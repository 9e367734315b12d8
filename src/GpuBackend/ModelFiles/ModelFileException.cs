namespace SimServe.GpuBackend.ModelFiles;

/// <summary>A model file cannot be used; the message names the file and the place in it, what was found, what is allowed, and what to do.</summary>
public sealed class ModelFileException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ModelFileException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which file, what was found, what is allowed.</param>
    public ModelFileException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which file, what was found, what is allowed.</param>
    /// <param name="inner">The cause.</param>
    public ModelFileException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>One exception for all faults of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="faults">At least one.</param>
    internal static ModelFileException Of(string file, IReadOnlyList<string> faults)
    {
        const int Shown = 20;
        var more = faults.Count > Shown ? $"\n  and {faults.Count - Shown} more" : string.Empty;
        return faults.Count == 1
            ? new ModelFileException($"{file}: {faults[0]}")
            : new ModelFileException($"{file} has {faults.Count} faults:\n  {string.Join("\n  ", faults.Take(Shown))}{more}");
    }
}
