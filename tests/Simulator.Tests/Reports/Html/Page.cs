using System.Text.Json;
using System.Text.RegularExpressions;
using SimServe.Simulator.Reports.Charts;
using SimServe.Simulator.Reports.Html;

namespace SimServe.Simulator.Tests.Reports.Html;

/// <summary>A report's page, taken apart as a browser would: a script element ends at the first closing tag.</summary>
internal static partial class Page
{
    public static string Of(params ReportItem[] items) => HtmlReportWriter.Render(ReportOf(items));

    public static HtmlReport ReportOf(params ReportItem[] items) => new() { Title = "report", Sections = [new HtmlSection { Heading = "section", Items = items }] };

    public static JsonElement[] DataOf(string page) => [.. DataElement().Matches(page).Select(static match => JsonDocument.Parse(match.Groups[1].Value).RootElement)];

    public static JsonElement DataOf(ReportItem item) => DataOf(Of(item)).Single();

    public static double[] Column(JsonElement element, string name) =>
        [.. element.GetProperty(name).EnumerateArray().Select(static value => value.ValueKind == JsonValueKind.Null ? double.NaN : value.GetDouble())];

    public static JsonElement SeriesOf(JsonElement data, int panel = 0, int series = 0) => data.GetProperty("panels")[panel].GetProperty("series")[series];

    [GeneratedRegex("<script type=\"application/json\">(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex DataElement();
}
