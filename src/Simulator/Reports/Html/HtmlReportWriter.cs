using System.Text;
using SimServe.Simulator.Reports.Html.Rendering;

namespace SimServe.Simulator.Reports.Html;

/// <summary>Writes reports as one self-contained HTML file each: styles, script and data inside, nothing fetched.</summary>
public static class HtmlReportWriter
{
    /// <summary>Name of the file in a run's folder.</summary>
    public const string FileName = "report.html";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes <c>report.html</c> into a run's folder, whole or not at all.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="report">The report.</param>
    /// <exception cref="ArgumentException">The report contradicts itself, e.g. a row has more cells than its table has columns.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(RunFolder folder, HtmlReport report)
    {
        ArgumentNullException.ThrowIfNull(folder);
        folder.Write(FileName, path => WriteText(path, report));
    }

    /// <summary>Writes a report to a file, whole or not at all.</summary>
    /// <param name="path">The file; its folder is created if it is not there.</param>
    /// <param name="report">The report.</param>
    /// <exception cref="ArgumentException">The report contradicts itself, e.g. a row has more cells than its table has columns.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, HtmlReport report)
    {
        var full = Path.GetFullPath(path);
        new RunFolder(Path.GetDirectoryName(full)!).Write(Path.GetFileName(full), place => WriteText(place, report));
    }

    /// <summary>A report as text.</summary>
    /// <param name="report">The report.</param>
    /// <exception cref="ArgumentException">The report contradicts itself, e.g. a row has more cells than its table has columns.</exception>
    public static string Render(HtmlReport report)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        new PageRenderer(writer, report).Render();
        return writer.ToString();
    }

    private static void WriteText(string path, HtmlReport report)
    {
        using var writer = new StreamWriter(path, append: false, Utf8) { NewLine = "\n" };
        new PageRenderer(writer, report).Render();
    }
}
