using SimServe.Cli.Terminals;

namespace SimServe.Cli.Sweeps;

/// <summary>A bar on a terminal, nothing in a file or a pipe.</summary>
internal static class SweepProgress
{
    public static T Show<T>(Terminal terminal, string phase, Func<Action<double>, T> run) =>
        terminal.Error.Profile.Capabilities.Interactive ? new ConsoleProgress(terminal.Error).Show(phase, run) : run(static _ => { });
}
