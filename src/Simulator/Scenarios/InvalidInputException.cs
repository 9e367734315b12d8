namespace SimServe.Simulator.Scenarios;

/// <summary>An input cannot be used; the message lists everything that is wrong with it.</summary>
public sealed class InvalidInputException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="file">The file that was read.</param>
    /// <param name="faults">Everything wrong with it, at least one.</param>
    public InvalidInputException(string file, IReadOnlyList<InputFault> faults)
        : base($"{file} has {faults.Count} {(faults.Count == 1 ? "fault" : "faults")}:\n"
            + string.Join('\n', faults.Select(static fault => $"  - {fault}")))
    {
        Faults = faults;
    }

    /// <summary>Everything that is wrong.</summary>
    public IReadOnlyList<InputFault> Faults { get; }
}
