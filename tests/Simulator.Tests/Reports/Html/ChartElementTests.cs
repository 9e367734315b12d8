using System.Text.RegularExpressions;
using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Tests.Reports.Html;

public sealed class ChartElementTests
{
    private static readonly string[] Kinds = ["line", "cumulative", "stacked", "timeline", "gantt", "frontier", "bars"];

    private static IEnumerable<TestCaseData> Empties => SampleCharts.Empty().Select(static chart => new TestCaseData(chart).SetArgDisplayNames(chart.Title));

    [Test]
    public void Render_every_kind_has_its_element_data_and_numbers()
    {
        var page = Page.Of(SampleCharts.Full());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Regex.Matches(page, "<figure class=\"chart\" data-kind=\"(.*?)\">").Select(static match => match.Groups[1].Value), Is.EqualTo(Kinds));
            Assert.That(Page.DataOf(page), Has.Length.EqualTo(Kinds.Length));
            Assert.That(Regex.Count(page, "<div class=\"plot\"></div>"), Is.EqualTo(Kinds.Length));
            Assert.That(Regex.Count(page, "<details(?: open)?><summary>.*?</summary>\\s*<div class=\"scroll\" tabindex=\"0\"><table>"), Is.EqualTo(Kinds.Length));
        }
    }

    [TestCaseSource(nameof(Kinds))]
    public void Render_every_kind_has_a_painter_in_the_script(string kind) =>
        Assert.That(Page.Of(), Does.Match($@"const painters = \{{[^}}]*\b{kind}: \w+,"));

    [TestCaseSource(nameof(Empties))]
    public void Render_a_chart_without_data_says_so(Chart chart)
    {
        var page = Page.Of(chart);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(page, Does.Contain("No data: there is nothing to draw."));
            Assert.That(Page.DataOf(page), Is.Empty);
        }
    }

    [Test]
    public void Render_names_the_series_without_data()
    {
        var chart = new LineChart
        {
            Title = "t", XAxis = ChartAxis.Time, YAxis = new ChartAxis("y"),
            Series = [new ChartSeries { Name = "seen", Points = [new ChartPoint(0, 1)] }, new ChartSeries { Name = "unseen", Points = [] }],
        };
        Assert.That(Page.Of(chart), Does.Contain("No data for: unseen."));
    }

    [Test]
    public void Render_an_unknown_chart_names_it() =>
        Assert.That(() => Page.Of(new PieChart { Title = "pie" }), Throws.ArgumentException.With.Message.Contains("pie").And.Message.Contains(nameof(PieChart)));

    [Test]
    public void Render_a_bar_outside_the_rows_names_it()
    {
        var chart = new GanttChart { Title = "workers", Rows = ["a"], Bars = [new GanttBar(0, 0, 1, "", ""), new GanttBar(1, 0, 1, "", "")] };
        Assert.That(() => Page.Of(chart), Throws.ArgumentException.With.Message.Contains("Bar 1 of \"workers\" is in row 1; there are 1 rows"));
    }

    [Test]
    public void Render_a_layer_of_another_length_names_it()
    {
        var chart = new StackedAreaChart { Title = "causes", XAxis = ChartAxis.Time, YAxis = new ChartAxis("y"), X = [0, 1], Layers = [new ChartLayer("decode", [1])] };
        Assert.That(() => Page.Of(chart), Throws.ArgumentException.With.Message.Contains("Layer \"decode\" of \"causes\" has 1 values; it must have 2"));
    }

    private sealed record PieChart : Chart;
}
