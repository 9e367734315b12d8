using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reports.Html.Rendering;

/// <summary>Key numbers of lines.</summary>
internal static class SeriesNumbers
{
    // Lines of so few points are given in full when they share their x.
    private const int FewPoints = 60;

    public static HtmlTable Of(ChartAxis xAxis, ChartAxis yAxis, IReadOnlyList<(string Name, ChartPoint[] Points)> series) =>
        IsShort(series) ? InFull(xAxis, yAxis, series) : Summary(xAxis, series.Select(one => (yAxis, one.Name, one.Points)));

    public static HtmlTable Summary(ChartAxis xAxis, IEnumerable<(ChartAxis YAxis, string Name, ChartPoint[] Points)> series) => new()
    {
        Title = "Key numbers",
        Columns = ["quantity", "line", "points", "first", "least", $"at {xAxis.Heading}", "greatest", $"at {xAxis.Heading}", "last"],
        Rows = [.. series.Select(one => Row(xAxis, one.YAxis, one.Name, one.Points))],
    };

    private static HtmlTable InFull(ChartAxis xAxis, ChartAxis yAxis, IReadOnlyList<(string Name, ChartPoint[] Points)> series) => new()
    {
        Title = "All numbers",
        Columns = [xAxis.Heading, .. series.Select(one => series.Count == 1 ? yAxis.Heading : $"{one.Name}: {yAxis.Heading}")],
        Rows = [.. series[0].Points.Select((point, index) => (IReadOnlyList<HtmlCell>)
            [AxisCell.Of(xAxis, point.X), .. series.Select(one => WithBand(yAxis, one.Points[index]))])],
    };

    private static bool IsShort(IReadOnlyList<(string Name, ChartPoint[] Points)> series) =>
        series.Count > 0 && series[0].Points.Length is > 0 and <= FewPoints
        && series.All(one => one.Points.Select(static point => point.X).SequenceEqual(series[0].Points.Select(static point => point.X)));

    private static HtmlCell WithBand(ChartAxis axis, ChartPoint point)
    {
        var cell = AxisCell.Of(axis, point.Y);
        return double.IsFinite(point.Low) && double.IsFinite(point.High) && double.IsFinite(point.Y)
            ? HtmlCell.Of(point.Y, $"{cell.Text} ({AxisCell.Of(axis, point.Low).Text} to {AxisCell.Of(axis, point.High).Text})")
            : cell;
    }

    private static HtmlCell[] Row(ChartAxis xAxis, ChartAxis yAxis, string name, ChartPoint[] points)
    {
        var known = points.Where(static point => double.IsFinite(point.Y)).ToArray();
        var quantity = yAxis.Heading;
        if (known.Length == 0)
        {
            return [quantity, name, HtmlCell.Of(0, "0"), NumberText.None, NumberText.None, NumberText.None, NumberText.None, NumberText.None, NumberText.None];
        }

        var (least, greatest) = (known.MinBy(static point => point.Y), known.MaxBy(static point => point.Y));
        return
        [
            quantity, name, HtmlCell.Of(known.Length, NumberText.Count(known.Length)),
            AxisCell.Of(yAxis, known[0].Y),
            AxisCell.Of(yAxis, least.Y), AxisCell.Of(xAxis, least.X),
            AxisCell.Of(yAxis, greatest.Y), AxisCell.Of(xAxis, greatest.X),
            AxisCell.Of(yAxis, known[^1].Y),
        ];
    }
}
