using SimServe.Cli.Plots;
using SimServe.GpuBackend.Frontiers;
using SimServe.Simulator.Reports.Charts;

namespace SimServe.Cli.Frontiers;

/// <summary>Quality against time of one mask ratio's settings.</summary>
internal static class FrontierPlot
{
    public static void Save(IReadOnlyList<MeasuredSetting> settings, string model, string path) => FrontierPicture.Of(ChartOf(settings), Title(settings, model)).SavePng(path);

    private static string Title(IReadOnlyList<MeasuredSetting> settings, string model) =>
        FormattableString.Invariant($"Ways to reuse a template, {100 * settings[0].EditedShare:0} % of the tokens edited ({model})");

    private static FrontierChart ChartOf(IReadOnlyList<MeasuredSetting> settings) => new()
    {
        Title = "Ways to reuse a template",
        XAxis = new ChartAxis("time of an edit over full inference"),
        YAxis = new ChartAxis("SSIM inside the mask against full inference"),
        Points =
        [
            .. settings.Select(static one => new FrontierPoint
            {
                Name = one.Setting.Name,
                X = one.TimeShare,
                Y = one.Inside.Ssim,
                Group = one.Setting.Cache.ToString(),
            }),
        ],
    };
}
