using System.CommandLine;
using SimServe.Cli.Terminals;

namespace SimServe.Cli.Commands;

/// <summary>The option of the verbs that serve on real devices: which kind.</summary>
internal sealed class ServingDevice
{
    public ServingDevice() => Option.AcceptOnlyFromAmong("cpu", "cuda");

    public Option<string> Option { get; } = new("--device") { Description = "the kind of real device", DefaultValueFactory = static _ => "cpu" };

    // Says so where it is not.
    public bool IsThere(ParseResult parsed, Terminal terminal)
    {
        var isThere = parsed.GetValue(Option) == "cpu";
        if (!isThere)
        {
            terminal.Complain("There is no CUDA device in this version: use --device cpu.");
        }

        return isThere;
    }
}
