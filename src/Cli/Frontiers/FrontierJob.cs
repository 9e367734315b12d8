using SimServe.Cli.Reports;
using SimServe.Cli.Terminals;
using SimServe.GpuBackend.Frontiers;
using SimServe.GpuBackend.Models;
using SimServe.GpuBackend.Native;
using SimServe.GpuBackend.Profiling;
using SimServe.GpuBackend.Training.Quality;
using SimServe.Simulator.Reports;

namespace SimServe.Cli.Frontiers;

/// <summary>Measures a frontier, and writes and prints it.</summary>
/// <param name="config">The model.</param>
/// <param name="model">Its folder.</param>
/// <param name="options">How it is measured.</param>
/// <param name="terminal">Where it is printed.</param>
/// <param name="cancellation">Ends it early.</param>
internal sealed class FrontierJob(ServedConfig config, string model, FrontierOptions options, Terminal terminal, CancellationToken cancellation)
{
    public const string Numbers = "frontier.json";

    public int Run(string output, bool json)
    {
        LibTorch.Load();
        using var features = FeatureDistance.Beside(model);
        var (settings, full) = new ConsoleProgress(terminal.Error).Show(
            "measuring", report => new FrontierMeasurement(config, features, options).Run(report, cancellation));
        var folder = new RunFolder(output);
        folder.WriteJson(Numbers, Document(settings, full));
        folder.Write("frontier.md", path => File.WriteAllText(path, FrontierTables.Markdown(settings, full)));
        foreach (var ratio in options.Grid.MaskRatios)
        {
            folder.Write(FormattableString.Invariant($"frontier-{100 * ratio:0}.png"), path => FrontierPlot.Save([.. settings.Where(setting => setting.Setting.MaskRatio == ratio)], config.Name, path));
        }

        if (json)
        {
            terminal.Say(File.ReadAllText(Path.Combine(folder.Location, Numbers)).TrimEnd());
        }
        else
        {
            FrontierTables.Print(terminal, settings, full, options);
            ValidationTables.PrintFiles(terminal, folder);
        }

        return ExitCode.Done;
    }

    private object Document(IReadOnlyList<MeasuredSetting> settings, double full) => new
    {
        Schema = 1,
        Model = config.Name,
        Environment = CpuProbe.Environment(),
        options.Edits,
        options.Steps,
        options.LinkBytesPerSecond,
        options.Seed,
        FullSeconds = full,
        Settings = settings.Select(static one => new
        {
            one.Setting.MaskRatio,
            Variant = one.Setting.Cache.VariantName,
            Numbers = one.Setting.Cache.NumbersName,
            one.Setting.Refresh,
            one.Setting.Margin,
            one.EditedShare,
            one.ComputedShare,
            one.Seconds,
            one.TimeShare,
            one.OperationShare,
            one.Bytes,
            one.TemplateBytes,
            one.Whole,
            one.Inside,
            one.IsOnFront,
        }),
    };
}
