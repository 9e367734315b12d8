using System.CommandLine;
using System.Globalization;
using SimServe.Cli.Planning;
using SimServe.Cli.Reproductions;
using SimServe.Cli.Terminals;
using SimServe.Cli.Validation;
using SimServe.GpuBackend.Models;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Schedulers;
using SimServe.Policies;
using SimServe.Simulator.Workloads;

namespace SimServe.Cli.Commands;

/// <summary><c>simserve list</c>: the names that scenarios and options may use.</summary>
internal static class ListCommand
{
    private const string Devices = "devices";
    private const string Models = "models";

    private static readonly Dictionary<string, Func<IEnumerable<string>>> Lists = new(StringComparer.Ordinal)
    {
        ["models"] = static () => [.. ModelCatalogue.Names, .. ModelFolders()],
        ["policies"] = static () =>
        [
            $"admission:   {string.Join(", ", PolicyCatalogue.Admission)}",
            $"batching:    {string.Join(", ", PolicyCatalogue.Batching)}",
            $"controlnets: {string.Join(", ", PolicyCatalogue.ControlNets)}",
            $"loras:       {string.Join(", ", PolicyCatalogue.Loras)}",
            $"ordering:    {string.Join(", ", PolicyCatalogue.Ordering)}",
            $"pipeline:    {string.Join(", ", PolicyCatalogue.Pipelines)}",
            $"prefetch:    {string.Join(", ", PolicyCatalogue.Prefetch)}",
            $"recovery:    {string.Join(", ", PolicyCatalogue.Recovery)}",
            $"routing:     {string.Join(", ", PolicyCatalogue.Routing)}",
            $"scaling:     {string.Join(", ", PolicyCatalogue.Scaling)}",
        ],
        ["published"] = static () => PublishedModels.All.Select(Describe),
        ["pipelines"] = static () => PipelineFactory.Supported,
        ["schedulers"] = static () => SamplerNames.All.Select(static sampler => sampler.Name),
        ["arrivals"] = static () => ArrivalPattern.Kinds,
        ["masks"] = static () => MaskRatios.KnownNames,
        ["experiments"] = static () => ExperimentCatalogue.All.Select(static experiment => $"{experiment.Id,-16} {experiment.Title}"),
    };

    // Folders of trained models that can be served, below the folder that a checkout keeps them in.
    private static IEnumerable<string> ModelFolders() => !Directory.Exists(Models) ? [] : Directory
        .EnumerateDirectories(Models)
        .Order(StringComparer.Ordinal)
        .Where(static folder => ServableModel.Find("model", folder, []) is not null);

    // Sizes and operations follow from the configuration; no weights are needed.
    private static string Describe(PublishedModel model)
    {
        var shape = model.ToShape();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{model.Name,-14} {shape.Parameters / 1e6,9:0.00} M parameters, {shape.ForwardWork.Flops / 1e12,7:0.000} TFLOP a forward pass at {model.Side}x{model.Side}, {shape.Branches} a step, {model.Steps} steps");
    }

    public static Command Create(Terminal terminal)
    {
        string[] names = [.. Lists.Keys, Devices];
        var what = new Argument<string>("what") { Description = string.Join(", ", names) };
        what.AcceptOnlyFromAmong(names);
        var command = new Command("list", "Shows the names that scenarios and options may use.") { what };
        command.SetAction(parsed =>
        {
            if (parsed.GetRequiredValue(what) == Devices)
            {
                DeviceTable.Print(terminal);
                return ExitCode.Done;
            }

            foreach (var line in Lists[parsed.GetRequiredValue(what)]())
            {
                terminal.Say(line);
            }

            return ExitCode.Done;
        });
        return command;
    }
}
