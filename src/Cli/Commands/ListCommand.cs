using System.CommandLine;
using SimServe.Cli.Terminals;
using SimServe.GpuBackend.Models;
using SimServe.Policies;
using SimServe.Simulator.Workloads;

namespace SimServe.Cli.Commands;

/// <summary><c>simserve list</c>: the names that scenarios may use.</summary>
internal static class ListCommand
{
    private static readonly Dictionary<string, Func<IEnumerable<string>>> Lists = new(StringComparer.Ordinal)
    {
        ["models"] = static () => ModelCatalogue.Names,
        ["policies"] = static () =>
        [
            $"batching: {string.Join(", ", PolicyCatalogue.Batching)}",
            $"pipeline: {string.Join(", ", PolicyCatalogue.Pipelines)}",
            $"routing:  {string.Join(", ", PolicyCatalogue.Routing)}",
        ],
        ["masks"] = static () => MaskRatios.KnownNames,
        ["devices"] = static () => ["cpu"],
    };

    public static Command Create(Terminal terminal)
    {
        var what = new Argument<string>("what") { Description = string.Join(", ", Lists.Keys) };
        what.AcceptOnlyFromAmong([.. Lists.Keys]);
        var command = new Command("list", "Shows the names that scenarios may use.") { what };
        command.SetAction(parsed =>
        {
            foreach (var line in Lists[parsed.GetRequiredValue(what)]())
            {
                terminal.Say(line);
            }

            return ExitCode.Done;
        });
        return command;
    }
}
