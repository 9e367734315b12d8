using SimServe.Simulator.Scenarios;

namespace SimServe.Cli;

/// <summary>The ranges of options, checked in one way: what is outside is a fault like those of a scenario, and gathered with them.</summary>
internal static class OptionRanges
{
    public const int MostThreads = 1024;

    // Found: what was written, where that was a text.
    public static void CheckNumber(this List<InputFault> faults, string option, double value, double least, double most, string? found = null)
    {
        // Not a number is in no range.
        if (!(value >= least && value <= most))
        {
            faults.Add(new InputFault(
                option, found ?? FormattableString.Invariant($"{value}"), FormattableString.Invariant($"a number from {least} to {most}"), "Write one in that range."));
        }
    }

    public static void CheckWhole(this List<InputFault> faults, string option, long? value, long least, long most, string? found = null)
    {
        if (!(value >= least && value <= most))
        {
            faults.Add(new InputFault(
                option, found ?? FormattableString.Invariant($"{value}"), FormattableString.Invariant($"a whole number from {least} to {most}"), "Write one in that range."));
        }
    }

    public static void CheckThreads(this List<InputFault> faults, int threads) => faults.CheckWhole("--parallel", threads, 1, MostThreads);
}
