using System.Xml.Linq;
using SimServe.Cli.Plots;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Reports.Charts;
using SimServe.Simulator.Reports.Html;
using SkiaSharp;

namespace SimServe.Cli.Tests.Plots;

public sealed class ChartPicturesTests
{
    private static readonly ChartAxis Seconds = new("latency", "s", ChartScale.Logarithmic);
    private static readonly ChartAxis Share = new("attainment", null, ChartScale.Share);

    private static readonly ChartSeries Line = new()
    {
        Name = "first", Points = [new(1, 0.2, 0.1, 0.3), new(2, double.NaN), new(3, 0.5), new(4, 0.6)],
    };

    private static IEnumerable<TestCaseData> Charts() => new Chart[]
    {
        new LineChart { Title = "Lines", XAxis = new ChartAxis("workers"), YAxis = Share, Series = [Line, Line with { Name = "second" }], YThresholds = [new(0.5, "half")] },
        new CumulativeChart { Title = "Cumulative", Axis = Seconds, Samples = [new("all", [0.5, 5, 50, double.NaN])], Thresholds = [new(10, "objective")] },
        new StackedAreaChart { Title = "Stacked", XAxis = Share, YAxis = new ChartAxis("time", "s"), X = [0, 0.5, 1], Layers = [new("compute", [1, 2, 3]), new("wait", [0, double.NaN, 1])] },
        new TimelineChart
        {
            Title = "Timeline",
            Panels = [new TimelinePanel { YAxis = new ChartAxis("requests"), Series = [Line] }, new TimelinePanel { YAxis = Share, Series = [Line with { Name = "busy" }] }],
            Moments = [new(2, "warm")],
        },
        new GanttChart { Title = "Gantt", Rows = ["worker 0", "worker 1"], Bars = [new(0, 0, 20, "a", "denoise"), new(1, 5, 400, "b", "stall")] },
        new FrontierChart
        {
            Title = "Frontier",
            XAxis = new ChartAxis("price", "$/h"),
            YAxis = Share,
            Points = [new() { Name = "8 x A", X = 10, Y = 0.9, Group = "A", IsRecommended = true }, new() { Name = "9 x B", X = 12, Y = 0.95, YLow = 0.9, YHigh = 0.99, Group = "B" }],
            YThresholds = [new(0.92, "asked for")],
        },
        new BarChart { Title = "Bars", Axis = new ChartAxis("p99 saved", "s"), Bars = [new("compute", 3), new("wait", 1, 0.5, 1.5), new("unknown", double.NaN)] },
    }.Select(static chart => new TestCaseData(chart).SetArgDisplayNames(chart.Title));

    [TestCaseSource(nameof(Charts))]
    public void Every_chart_is_drawn_and_says_what_its_axes_and_lines_are(Chart chart)
    {
        var texts = TextsOf(chart);
        var expected = chart switch
        {
            LineChart => new[] { "workers", "attainment", "first", "second", "half" },
            CumulativeChart => ["latency, s", "all", "objective"],
            StackedAreaChart => ["time, s", "compute", "wait"],
            TimelineChart => ["requests", "attainment", "first", "busy", "warm"],
            GanttChart => ["time", "worker 0", "worker 1", "denoise", "stall"],
            FrontierChart => ["price, $/h", "attainment", "1: 8 x A, recommended", "2: 9 x B", "A", "B", "asked for"],
            _ => ["p99 saved, s", "compute", "wait", "unknown"],
        };
        Assert.That(texts, Is.SupersetOf(expected).And.Contain($"{chart.Title} (a run)"));
    }

    [TestCaseSource(nameof(Charts))]
    public void Pixels_have_the_picture_s_size_twice_over_and_colour(Chart chart)
    {
        using var folder = new Temporary();
        using var picture = ChartPictures.Of(chart, "a run");
        var file = Path.Combine(folder.Path, "a.png");
        picture.SavePng(file);
        using var bitmap = SKBitmap.Decode(file);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((bitmap.Width, bitmap.Height), Is.EqualTo((2 * picture.Width, 2 * picture.Height)));
            Assert.That(bitmap.Pixels.Count(static pixel => Math.Abs(pixel.Red - pixel.Blue) > 60), Is.GreaterThan(500), "coloured pixels");
        }
    }

    [Test]
    public void Panels_of_a_timeline_are_all_drawn()
    {
        // Each plot clears its canvas: of two panels the first must survive the second.
        using var folder = new Temporary();
        using var picture = ChartPictures.Of((Chart)Charts().Single(static test => ((Chart)test.Arguments[0]!).Title == "Timeline").Arguments[0]!, "a run");
        var file = Path.Combine(folder.Path, "a.png");
        picture.SavePng(file);
        using var bitmap = SKBitmap.Decode(file);
        var half = bitmap.Pixels.Length / 2;
        Assert.That(bitmap.Pixels.Take(half).Count(static pixel => Math.Abs(pixel.Red - pixel.Blue) > 60), Is.GreaterThan(500));
    }

    [Test]
    public void Charts_without_data_are_drawn_empty()
    {
        Chart[] empty =
        [
            new LineChart { Title = "a", XAxis = Seconds, YAxis = Share, Series = [] },
            new CumulativeChart { Title = "b", Axis = Seconds, Samples = [new("none", [])] },
            new GanttChart { Title = "c", Rows = ["worker"], Bars = [] },
            new FrontierChart { Title = "d", XAxis = Seconds, YAxis = Share, Points = [new() { Name = "nowhere", X = double.NaN, Y = 1 }] },
            new BarChart { Title = "e", Axis = Seconds, Bars = [] },
            new TimelineChart { Title = "f", Panels = [new TimelinePanel { YAxis = Share, Series = [] }] },
            new StackedAreaChart { Title = "g", XAxis = Share, YAxis = Seconds, X = [], Layers = [new("none", [])] },
        ];
        Assert.That(() => empty.Select(TextsOf).ToArray(), Throws.Nothing);
    }

    [Test]
    public void Pictures_are_written_beside_the_report_and_those_of_a_former_run_are_gone()
    {
        using var place = new Temporary();
        var folder = new RunFolder(place.Path);
        HtmlReport report = new() { Title = "a run", Sections = [new HtmlSection { Heading = "all", Items = [.. Charts().Select(static test => (Chart)test.Arguments[0]!), Charts().Select(static test => (Chart)test.Arguments[0]!).First()] }] };
        ReportFiles.Write(folder, report, PlotFormats.Png | PlotFormats.Svg);
        var both = Names(place.Path);
        ReportFiles.Write(folder, report, PlotFormats.Svg);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(both, Has.Length.EqualTo(16));
            Assert.That(both, Does.Contain("lines.png").And.Contain("lines-2.svg").And.Contain("gantt.svg"));
            Assert.That(Names(place.Path), Is.All.EndsWith(".svg"));
            Assert.That(File.Exists(Path.Combine(place.Path, "report.html")));
        }
    }

    [TestCase("p95 latency: against price, $/h", ExpectedResult = "p95-latency-against-price-h")]
    [TestCase("???", ExpectedResult = "chart")]
    public string A_title_becomes_a_name_of_letters_digits_and_hyphens(string title) => ReportFiles.NameOf(title);

    private static string[] Names(string folder) => [.. Directory.EnumerateFiles(Path.Combine(folder, ReportFiles.Folder)).Select(static file => Path.GetFileName(file))];

    private static string[] TextsOf(Chart chart)
    {
        using var folder = new Temporary();
        using var picture = ChartPictures.Of(chart, "a run");
        var file = Path.Combine(folder.Path, "a.svg");
        picture.SaveSvg(file);
        return [.. XDocument.Load(file).Descendants().Where(static element => element.Name.LocalName == "text").Select(static element => element.Value.Trim())];
    }

    private sealed class Temporary : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("simserve-plots").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
