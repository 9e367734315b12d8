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

    /// <summary>A name or value from a file as messages show it: on one line and short, whatever the file holds.</summary>
    /// <param name="text">The text.</param>
    internal static string Shown(string text)
    {
        const int Longest = 120;
        var start = text.Length > Longest ? text.AsSpan(0, Longest) : text;
        var line = string.Create(start.Length, start, static (letters, source) =>
        {
            for (var i = 0; i < letters.Length; i++)
            {
                letters[i] = char.IsControl(source[i]) ? ' ' : source[i];
            }
        });
        return text.Length > Longest ? $"{line}... ({text.Length} letters)" : line;
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
