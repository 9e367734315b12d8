namespace SimServe.Cli;

/// <summary>What the command tells the shell.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    public const int GoalNotMet = 1;

    public const int InvalidInput = 2;

    public const int MissingDeviceOrFile = 3;

    public const int Cancelled = 130;
}
