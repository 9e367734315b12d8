using System.Net;
using System.Text.RegularExpressions;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Reports.Charts;
using SimServe.Simulator.Reports.Html;

namespace SimServe.Simulator.Tests.Reports.Html;

public sealed class KeyNumbersTests
{
    [Test]
    public void Percentiles_are_those_of_the_metrics()
    {
        double[] samples = [.. Enumerable.Range(1, 5_000).Select(static value => value * value % 977 + 0.5)];
        var expected = Distribution.Of(samples);
        var row = RowsOf(new CumulativeChart { Title = "t", Axis = new ChartAxis("latency", "s"), Samples = [new ChartSamples("a", samples)], Thresholds = [new ChartThreshold(488.5, "SLO")] }).Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(row[0], Is.EqualTo("a"));
            Assert.That((row[2], row[3], row[5], row[6], row[8]), Is.EqualTo((Text(expected.Mean), Text(expected.P50), Text(expected.P95), Text(expected.P99), Text(expected.Max))));
            Assert.That(row[9], Is.EqualTo(HtmlCell.Percent(samples.Count(static value => value <= 488.5) / 5_000.0).Text));
        }
    }

    [Test]
    public void Numbers_of_a_thinned_line_are_of_all_its_points()
    {
        ChartPoint[] points = [.. Enumerable.Range(0, 50_000).Select(static x => new ChartPoint(x, x == 12_345 ? 99 : x == 54 ? -7 : 1))];
        var row = RowsOf(new LineChart { Title = "t", XAxis = new ChartAxis("x"), YAxis = new ChartAxis("y"), Series = [new ChartSeries { Name = "a", Points = points }] }).Single();
        Assert.That(row, Is.EqualTo(["y", "a", "50,000", "1", "-7", "54", "99", "12,345", "1"]));
    }

    [Test]
    public void A_line_of_few_points_is_given_in_full()
    {
        var rows = RowsOf(new LineChart
        {
            Title = "t", XAxis = ChartAxis.Time, YAxis = new ChartAxis("share", null, ChartScale.Share),
            Series = [new ChartSeries { Name = "a", Points = [new ChartPoint(0, 0.5), new ChartPoint(3_725.5, 1, 0.875, 1)] }],
        });
        Assert.That(rows, Is.EqualTo(new[] { new[] { "0 s", "50.0 %" }, ["1:02:05.5", "100.0 % (87.5 % to 100.0 %)"] }));
    }

    [TestCase(0, "0")]
    [TestCase(0.00012345, "0.0001234")]
    [TestCase(0.000012341, "1.234e-5")]
    [TestCase(12.3456, "12.35")]
    [TestCase(999.96, "1,000")]
    [TestCase(1234567.8, "1,234,568")]
    [TestCase(-2e15, "-2e15")]
    [TestCase(double.NaN, "–")]
    public void A_number_has_about_four_digits(double number, string text) => Assert.That(HtmlCell.Of(number).Text, Is.EqualTo(text));

    private static string Text(double number) => HtmlCell.Of(number).Text;

    private static string[][] RowsOf(Chart chart)
    {
        var table = Regex.Match(Page.Of(chart), "<tbody>(.*?)</tbody>", RegexOptions.Singleline).Groups[1].Value;
        return [.. Regex.Matches(table, "<tr.*?>(.*?)</tr>").Select(static row =>
            Regex.Matches(row.Groups[1].Value, "<td[^>]*>(.*?)</td>").Select(static cell => WebUtility.HtmlDecode(cell.Groups[1].Value)).ToArray())];
    }
}
