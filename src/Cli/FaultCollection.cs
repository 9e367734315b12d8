using SimServe.Simulator.Scenarios;

namespace SimServe.Cli;

/// <summary>Reads several inputs and gathers the faults of all of them, so that one message lists everything.</summary>
internal static class FaultCollection
{
    // The faults of what cannot be read are added; null then.
    public static T? Try<T>(this List<InputFault> faults, Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (InvalidInputException fault)
        {
            faults.AddRange(fault.Faults);
            return null;
        }
    }

    // The same fault of several variants or points is one fault.
    public static void ThrowIfAny(this List<InputFault> faults, string input)
    {
        if (faults.Count > 0)
        {
            throw new InvalidInputException(input, [.. faults.Distinct()]);
        }
    }
}
