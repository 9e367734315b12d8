using Spectre.Console;

namespace SimServe.Cli.Terminals;

/// <summary>Where a command writes: results on one side, progress and faults on the other.</summary>
/// <param name="output">Results: standard output.</param>
/// <param name="error">Progress, timing and faults: standard error.</param>
internal sealed class Terminal(IAnsiConsole output, IAnsiConsole error)
{
    private const int WidthOfFiles = 140;

    public IAnsiConsole Output => output;

    public IAnsiConsole Error => error;

    // A table in a file or a pipe must not be folded at 80 columns.
    public static Terminal Create(TextWriter output, bool outputRedirected, TextWriter error, bool errorRedirected) =>
        new(Create(output, outputRedirected), Create(error, errorRedirected));

    private static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        if (redirected)
        {
            console.Profile.Width = WidthOfFiles;
            console.Profile.Capabilities.Interactive = false;
        }

        return console;
    }
}
