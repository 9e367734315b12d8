using SimServe.Simulator.Reports;
using SimServe.Simulator.Reports.Charts;
using SimServe.Simulator.Reports.Html;

namespace SimServe.Cli.Plots;

/// <summary>A report's files: <c>report.html</c>, and its charts as pictures where they were asked for.</summary>
internal static class ReportFiles
{
    /// <summary>The pictures' folder within a run's.</summary>
    public const string Folder = "plots";

    private const int LongestName = 60;

    public static void Write(RunFolder folder, HtmlReport report, PlotFormats formats)
    {
        HtmlReportWriter.Write(folder, report);
        RemoveOld(folder);
        if (formats == PlotFormats.None)
        {
            return;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var chart in report.Sections.SelectMany(static section => section.Items).OfType<Chart>())
        {
            using var picture = ChartPictures.Of(chart, report.Title);
            var name = $"{Folder}/{Unused(names, NameOf(chart.Title))}";
            if (formats.HasFlag(PlotFormats.Png))
            {
                folder.Write($"{name}.png", picture.SavePng);
            }

            if (formats.HasFlag(PlotFormats.Svg))
            {
                folder.Write($"{name}.svg", picture.SaveSvg);
            }
        }
    }

    /// <summary>A title as the name of a file: letters, digits and hyphens, e.g. <c>p95-latency-against-price</c>.</summary>
    public static string NameOf(string title)
    {
        var words = string.Concat(title.Select(static letter => char.IsAsciiLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : ' '))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var name = string.Join('-', words);
        return name.Length == 0 ? "chart" : name[..Math.Min(name.Length, LongestName)].TrimEnd('-');
    }

    private static string Unused(HashSet<string> names, string wanted)
    {
        var name = wanted;
        for (var number = 2; !names.Add(name); number++)
        {
            name = $"{wanted}-{number}";
        }

        return name;
    }

    // Pictures of a run that was here before would pass for this one's.
    private static void RemoveOld(RunFolder folder)
    {
        var plots = Path.Combine(folder.Location, Folder);
        if (Directory.Exists(plots))
        {
            foreach (var file in Directory.EnumerateFiles(plots).Where(static file => Path.GetExtension(file) is ".png" or ".svg"))
            {
                File.Delete(file);
            }
        }
    }
}
