using CsCheck;
using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Tests.Reports.Html;

public sealed class ChartDataTests
{
    [Test]
    public void A_line_comes_back_exactly_and_a_gap_is_null()
    {
        double[] values = [0.1, 1 / 3.0, double.Epsilon, double.MaxValue, -0.0, double.NaN, double.PositiveInfinity, 1e-300];
        var data = Page.DataOf(LineOf(values));
        var expected = values.Select(static value => double.IsFinite(value) ? value : double.NaN);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Page.Column(Page.SeriesOf(data), "ys"), Is.EqualTo(expected));
            Assert.That(Page.Column(Page.SeriesOf(data), "xs"), Is.EqualTo(Enumerable.Range(0, values.Length).Select(static x => (double)x)));
        }
    }

    [Test]
    public void A_line_is_sorted_by_x_and_its_band_with_it()
    {
        var chart = new LineChart
        {
            Title = "t", XAxis = new ChartAxis("x"), YAxis = new ChartAxis("y"),
            Series = [new ChartSeries { Name = "a", Points = [new ChartPoint(2, 20, 19, 21), new ChartPoint(double.NaN, 5), new ChartPoint(1, 10, 9, 11)] }],
        };
        var series = Page.SeriesOf(Page.DataOf(chart));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Page.Column(series, "xs"), Is.EqualTo([1.0, 2]));
            Assert.That(Page.Column(series, "ys"), Is.EqualTo([10.0, 20]));
            Assert.That(Page.Column(series, "low"), Is.EqualTo([9.0, 19]));
            Assert.That(Page.Column(series, "high"), Is.EqualTo([11.0, 21]));
        }
    }

    [Test]
    public void A_long_line_is_thinned_and_its_first_number_of_points_stated()
    {
        double[] values = [.. Enumerable.Range(0, 100_000).Select(static x => Math.Sin(x))];
        (values[31_415], values[27_182]) = (50, -50);
        var page = Page.Of(LineOf(values));
        var kept = Page.Column(Page.SeriesOf(Page.DataOf(page).Single()), "ys");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(kept, Has.Length.InRange(1_000, 2_000));
            Assert.That(kept, Does.Contain(50.0).And.Contain(-50.0));
            Assert.That(page, Does.Contain("Of up to 100,000 points per line"));
        }
    }

    [Test]
    public void A_cumulative_curve_passes_through_exact_shares() =>
        Gen.Double[0, 100].Array[1, 5_000].Sample(static samples =>
        {
            var series = Page.SeriesOf(Page.DataOf(new CumulativeChart { Title = "t", Axis = new ChartAxis("x"), Samples = [new ChartSamples("a", samples)] }));
            var (values, shares) = (Page.Column(series, "xs"), Page.Column(series, "ys"));
            var sorted = samples.Order().ToArray();
            for (var index = 0; index < values.Length; index++)
            {
                var rank = (int)Math.Round(shares[index] * sorted.Length) - 1;
                Assert.That(sorted[rank], Is.EqualTo(values[index]));
            }

            Assert.That(values[0], Is.EqualTo(sorted[0]));
            Assert.That((values[^1], shares[^1]), Is.EqualTo((sorted[^1], 1.0)));
            Assert.That(shares, Is.Ordered.And.Unique);
            Assert.That(values, Has.Length.EqualTo(Math.Min(2_000, sorted.Length)));
        }, iter: 100);

    [Test]
    public void Colours_follow_names_across_panels()
    {
        static ChartSeries Line(string name) => new() { Name = name, Points = [new ChartPoint(0, 1)] };
        var data = Page.DataOf(new TimelineChart
        {
            Title = "t",
            Panels = [new TimelinePanel { YAxis = new ChartAxis("queue"), Series = [Line("a"), Line("b")] }, new TimelinePanel { YAxis = new ChartAxis("batch"), Series = [Line("b")] }],
        });
        Assert.That(Page.SeriesOf(data, 1, 0).GetProperty("color").GetInt32(), Is.EqualTo(Page.SeriesOf(data, 0, 1).GetProperty("color").GetInt32()).And.EqualTo(1));
    }

    [Test]
    public void Gantt_bars_come_back_by_row_and_start_with_each_text_once()
    {
        var data = Page.DataOf(new GanttChart
        {
            Title = "t", Rows = ["w0", "w1"],
            Bars = [new GanttBar(1, 0, 2, "batch of 8", "denoise"), new GanttBar(0, 5, 6, "batch of 8", "denoise"), new GanttBar(0, 1, 2, "vae", "decode", "late")],
        });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Page.Column(data, "row"), Is.EqualTo([0.0, 0, 1]));
            Assert.That(Page.Column(data, "start"), Is.EqualTo([1.0, 5, 0]));
            Assert.That(Page.Column(data, "label"), Is.EqualTo([0.0, 1, 1]));
            Assert.That(data.GetProperty("labels").EnumerateArray().Select(static label => label.GetString()), Is.EqualTo(["vae", "batch of 8"]));
            Assert.That(data.GetProperty("details").EnumerateArray().Select(static detail => detail.GetString()), Is.EqualTo(["late", ""]));
        }
    }

    [Test]
    public void Too_many_gantt_bars_merge_within_their_row_and_lose_no_time()
    {
        const int Rows = 5;
        GanttBar[] bars = [.. Enumerable.Range(0, 20_000).Select(static index => new GanttBar(index % Rows, index, index + 3, "short", index % 3 == 0 ? "decode" : "denoise")), new GanttBar(0, 30_000, 40_000, "long", "load")];
        var page = SimServe.Simulator.Reports.Html.HtmlReportWriter.Render(
            Page.ReportOf(new GanttChart { Title = "t", Rows = [.. Enumerable.Range(0, Rows).Select(static row => $"w{row}")], Bars = bars }) with { MostBars = 1_000 });
        var data = Page.DataOf(page).Single();
        var drawn = Page.Column(data, "row").Zip(Page.Column(data, "start"), Page.Column(data, "end")).ToLookup(static bar => bar.First);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(drawn.Sum(static row => row.Count()), Is.InRange(900, 1_000));
            Assert.That(bars.All(bar => drawn[bar.Row].Any(one => one.Second <= bar.Start && one.Third >= bar.End)), "every bar lies within one drawn in its row");
            Assert.That(drawn[0], Does.Contain((0.0, 30_000.0, 40_000.0)), "the long bar stays as it was");
            Assert.That(page, Does.Contain("20,001 bars, drawn as"));
        }
    }

    [Test]
    public void Frontier_points_know_their_standing()
    {
        var data = Page.DataOf(new FrontierChart
        {
            Title = "t", XAxis = new ChartAxis("cost"), YAxis = new ChartAxis("attainment"),
            Points = [new FrontierPoint { Name = "dear", X = 9, Y = 0.5 }, new FrontierPoint { Name = "cheap", X = 1, Y = 0.5, IsRecommended = true }, new FrontierPoint { Name = "good", X = 5, Y = 0.9 }],
        });
        var standing = data.GetProperty("points").EnumerateArray().Select(static point => (point.GetProperty("name").GetString(), point.GetProperty("frontier").GetBoolean(), point.GetProperty("recommended").GetBoolean()));
        Assert.That(standing, Is.EqualTo([("cheap", true, true), ("good", true, false), ("dear", false, false)]));
    }

    private static LineChart LineOf(double[] values) => new()
    {
        Title = "t", XAxis = new ChartAxis("x"), YAxis = new ChartAxis("y"),
        Series = [new ChartSeries { Name = "a", Points = [.. values.Select(static (value, index) => new ChartPoint(index, value))] }],
    };
}
