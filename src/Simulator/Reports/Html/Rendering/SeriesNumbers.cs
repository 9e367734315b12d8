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
        Columns = ["quantity", "line", "points", "first", "least", $"at {AxisText.Heading(xAxis)}", "greatest", $"at {AxisText.Heading(xAxis)}", "last"],
        Rows = [.. series.Select(one => Row(xAxis, one.YAxis, one.Name, one.Points))],
    };

    private static HtmlTable InFull(ChartAxis xAxis, ChartAxis yAxis, IReadOnlyList<(string Name, ChartPoint[] Points)> series) => new()
    {
        Title = "All numbers",
        Columns = [AxisText.Heading(xAxis), .. series.Select(one => series.Count == 1 ? AxisText.Heading(yAxis) : $"{one.Name}: {AxisText.Heading(yAxis)}")],
        Rows = [.. series[0].Points.Select((point, index) => (IReadOnlyList<HtmlCell>)
            [AxisText.Cell(xAxis, point.X), .. series.Select(one => WithBand(yAxis, one.Points[index]))])],
    };

    private static bool IsShort(IReadOnlyList<(string Name, ChartPoint[] Points)> series) =>
        series.Count > 0 && series[0].Points.Length is > 0 and <= FewPoints
        && series.All(one => one.Points.Select(static point => point.X).SequenceEqual(series[0].Points.Select(static point => point.X)));

    private static HtmlCell WithBand(ChartAxis axis, ChartPoint point)
    {
        var cell = AxisText.Cell(axis, point.Y);
        return double.IsFinite(point.Low) && double.IsFinite(point.High) && double.IsFinite(point.Y)
            ? HtmlCell.Of(point.Y, $"{cell.Text} ({AxisText.Cell(axis, point.Low).Text} to {AxisText.Cell(axis, point.High).Text})")
            : cell;
    }

    private static HtmlCell[] Row(ChartAxis xAxis, ChartAxis yAxis, string name, ChartPoint[] points)
    {
        var known = points.Where(static point => double.IsFinite(point.Y)).ToArray();
        var quantity = AxisText.Heading(yAxis);
        if (known.Length == 0)
        {
            return [quantity, name, HtmlCell.Of(0, "0"), NumberText.None, NumberText.None, NumberText.None, NumberText.None, NumberText.None, NumberText.None];
        }

        var (least, greatest) = (known.MinBy(static point => point.Y), known.MaxBy(static point => point.Y));
        return
        [
            quantity, name, HtmlCell.Of(known.Length, NumberText.Count(known.Length)),
            AxisText.Cell(yAxis, known[0].Y),
            AxisText.Cell(yAxis, least.Y), AxisText.Cell(xAxis, least.X),
            AxisText.Cell(yAxis, greatest.Y), AxisText.Cell(xAxis, greatest.X),
            AxisText.Cell(yAxis, known[^1].Y),
        ];
    }
}
