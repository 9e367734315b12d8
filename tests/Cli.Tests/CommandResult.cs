namespace SimServe.Cli.Tests;

/// <summary>What a run of the command left on its two streams, and its exit code.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    // The faults of a message: its indented lines.
    public string[] Faults => [.. Lines(Error).Where(static line => line.StartsWith("  - ", StringComparison.Ordinal)).Select(static line => line[4..])];

    public static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public override string ToString() => $"exit code {ExitCode}\n{Output}\n{Error}";
}
