using System.CommandLine;
using SimServe.Cli.Plots;

namespace SimServe.Cli.Commands;

/// <summary>The options that several verbs have; each command adds those it takes.</summary>
internal sealed class CommonOptions
{
    public CommonOptions() => Format.AcceptOnlyFromAmong("table", "json");

    public Option<string?> Profile { get; } = new("--profile") { Description = "a profile that profile or validate wrote, or one of profiles/; not with fleet.pools" };

    public Option<string?> Seed { get; } = new("--seed") { Description = "seed in place of the file's" };

    public Option<int> Parallel { get; } = new("--parallel")
    {
        Description = $"runs at a time, from 1 to {OptionRanges.MostThreads}; the results do not depend on it",
        DefaultValueFactory = static _ => Environment.ProcessorCount,
    };

    public Option<string> Format { get; } = new("--format") { Description = "table or json", DefaultValueFactory = static _ => "table" };

    public Option<string?> Output { get; } = ScenarioOptions.Output();

    public Option<string[]> Settings { get; } = ScenarioOptions.Settings();

    public Option<string?> Plots { get; } = PlotOption.Create();

    public PlotFormats PlotsOf(ParseResult parsed) => PlotOption.Of(parsed, Plots);

    public bool IsJson(ParseResult parsed) => parsed.GetValue(Format) == "json";

    // A faulty seed is then a fault of the scenario like any other.
    public IReadOnlyList<string> SettingsWithSeed(ParseResult parsed) =>
        [.. parsed.GetValue(Settings) ?? [], .. parsed.GetValue(Seed) is { } seed ? new[] { $"seed={seed}" } : []];
}
