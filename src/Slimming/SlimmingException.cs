namespace SimServe.Slimming;

/// <summary>A model cannot be slimmed as it was asked for, or a file about that cannot be used; the message lists everything that is wrong.</summary>
public sealed class SlimmingException : Exception
{
    private const int Shown = 20;

    /// <summary>Creates the exception.</summary>
    /// <param name="subject">What it is about: a file, a group, a strategy.</param>
    /// <param name="faults">Everything wrong with it, at least one, each a sentence that says what was found, what is allowed and what to do.</param>
    public SlimmingException(string subject, params IReadOnlyList<string> faults)
        : base(Text(subject, faults))
    {
        Faults = faults;
    }

    /// <summary>Everything that is wrong.</summary>
    public IReadOnlyList<string> Faults { get; }

    private static string Text(string subject, IReadOnlyList<string> faults)
    {
        var more = faults.Count > Shown ? $"\n  and {faults.Count - Shown} more" : string.Empty;
        return faults.Count == 1 ? $"{subject}: {faults[0]}" : $"{subject} has {faults.Count} faults:\n  {string.Join("\n  ", faults.Take(Shown))}{more}";
    }
}
