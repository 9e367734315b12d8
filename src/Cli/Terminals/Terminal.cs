using Spectre.Console;

namespace SimServe.Cli.Terminals;

/// <summary>Where a command writes: results on one side, progress and faults on the other.</summary>
internal sealed class Terminal
{
    private const int WidthOfFiles = 160;

    // A table in a file or a pipe must not be folded at 80 columns.
    public Terminal(TextWriter output, bool outputRedirected, TextWriter error, bool errorRedirected)
    {
        Output = Create(output, outputRedirected);
        Error = Create(error, errorRedirected);
    }

    /// <summary>Results: standard output.</summary>
    public IAnsiConsole Output { get; }

    /// <summary>Progress, timing and faults: standard error.</summary>
    public IAnsiConsole Error { get; }

    // Whole lines, never folded: people copy them and scripts read them.
    public void Say(string line) => Output.Profile.Out.Writer.WriteLine(line);

    public void Complain(string line) => Error.Profile.Out.Writer.WriteLine(line);

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
