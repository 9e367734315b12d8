using System.Net;
using System.Text.RegularExpressions;
using SimServe.Simulator.Reports.Charts;
using SimServe.Simulator.Reports.Html;

namespace SimServe.Simulator.Tests.Reports.Html;

public sealed class HostileTextTests
{
    private static readonly string[] Texts =
    [
        "</script><script>alert(1)</script>",
        "<!--<script>",
        "\"><img src=x onerror=alert(1)>",
        "' onclick='alert(1)",
        "&lt;b&gt; & \\\" \\u003c \u2028 \u2029",
        "größer, 画像, 🎨",
        "]]></style></title></textarea>",
    ];

    [TestCaseSource(nameof(Texts))]
    public void Render_any_text_adds_no_element(string text)
    {
        var harmless = Regex.Count(Page(Texts[5]), "<[a-zA-Z!/]");
        Assert.That(Regex.Count(Page(text), "<[a-zA-Z!/]"), Is.EqualTo(harmless));
    }

    [TestCaseSource(nameof(Texts))]
    public void Render_any_text_comes_back_from_the_page(string text)
    {
        var page = Page(text);
        var data = Html.Page.DataOf(page);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(WebUtility.HtmlDecode(Regex.Match(page, "<h1>(.*?)</h1>").Groups[1].Value), Is.EqualTo(text));
            Assert.That(Html.Page.SeriesOf(data[0]).GetProperty("name").GetString(), Is.EqualTo(text));
            Assert.That(data[4].GetProperty("details")[0].GetString(), Is.EqualTo(text));
            Assert.That(data[5].GetProperty("points")[0].GetProperty("name").GetString(), Is.EqualTo(text));
        }
    }

    [Test]
    public void Render_a_broken_surrogate_is_replaced()
    {
        var page = Page("a\uD83Cb");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(WebUtility.HtmlDecode(Regex.Match(page, "<h1>(.*?)</h1>").Groups[1].Value), Is.EqualTo("a\uFFFDb"));
            Assert.That(Html.Page.SeriesOf(Html.Page.DataOf(page)[0]).GetProperty("name").GetString(), Is.EqualTo("a\uFFFDb"));
        }
    }

    private static string Page(string text) => HtmlReportWriter.Render(new HtmlReport
    {
        Title = text,
        Subtitle = text,
        Verdict = new HtmlVerdict(text, HtmlVerdictKind.Unknown),
        Facts = [new HtmlFact(text, text)],
        Sections =
        [
            new HtmlSection { Heading = text, Paragraphs = [text], Warnings = [text], Items = SampleCharts.Full(text) },
            new HtmlSection { Heading = text, Items = [new HtmlTable { Title = text, Note = text, Columns = [text], Rows = [[text]] }] },
            new HtmlSection { Heading = text, Items = [new BarChart { Title = text, Axis = SampleCharts.Axis(text), Bars = [new ChartBar(text, double.NaN), new ChartBar("b", 1)] }] },
        ],
    });
}
