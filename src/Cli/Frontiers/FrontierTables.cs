using System.Globalization;
using System.Text;
using SimServe.Cli.Terminals;
using SimServe.GpuBackend.Frontiers;
using Spectre.Console;

namespace SimServe.Cli.Frontiers;

/// <summary>A frontier as tables: on the terminal the settings that no other beats, in a file all of them.</summary>
internal static class FrontierTables
{
    private static readonly string[] Columns =
        ["edited", "cached", "full every", "margin", "time", "operations", "loaded, kB", "SSIM inside", "PSNR inside, dB", "features inside", "SSIM", "PSNR, dB", "features", "front"];

    public static void Print(Terminal terminal, IReadOnlyList<MeasuredSetting> settings, double full, FrontierOptions options)
    {
        terminal.Say(FormattableString.Invariant(
            $"full inference takes {full * 1000:0.0} ms an edit of {options.Steps} steps; {settings.Count} settings, {options.Edits} edits each, a link of {options.LinkBytesPerSecond / 1e6:0} MB/s"));
        terminal.Say("time and operations over full inference's; these no other setting of the mask ratio beats in time and SSIM inside the mask:");
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var column in Columns[..^1])
        {
            table.AddColumn(new TableColumn(Markup.Escape(column)).RightAligned());
        }

        foreach (var setting in settings.Where(static setting => setting.IsOnFront).OrderBy(static setting => setting.Setting.MaskRatio).ThenBy(static setting => setting.TimeShare))
        {
            table.AddRow([.. Cells(setting)[..^1].Select(Markup.Escape)]);
        }

        terminal.Output.Write(table);
    }

    public static string Markdown(IReadOnlyList<MeasuredSetting> settings, double full)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Full inference: {full * 1000:0.0} ms an edit. Time and operations over full inference's. On the front: no other setting of the mask ratio beats it in time and SSIM inside the mask.\n\n");
        text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", Columns)} |\n|{string.Concat(Columns.Select(static _ => "---|"))}\n");
        foreach (var setting in settings)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", Cells(setting))} |\n");
        }

        return text.ToString();
    }

    private static string[] Cells(MeasuredSetting one) =>
    [
        Show(one.EditedShare, "0.0%"), one.Setting.Cache.ToString(), one.Setting.Refresh > 0 ? $"{one.Setting.Refresh}" : "-", $"{one.Setting.Margin}",
        Show(one.TimeShare, "0.00"), Show(one.OperationShare, "0.00"), Show(one.Bytes / 1000, "0"),
        .. Quality(one.Inside), .. Quality(one.Whole), one.IsOnFront ? "*" : "",
    ];

    private static string[] Quality(FrontierQuality quality) =>
        [Show(quality.Ssim, "0.0000"), Show(quality.Psnr, "0.0"), quality.Features is { } features ? Show(features, "0.0000") : "-"];

    private static string Show(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
