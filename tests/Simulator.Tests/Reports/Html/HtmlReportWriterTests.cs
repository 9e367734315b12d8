using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Reports.Html;

namespace SimServe.Simulator.Tests.Reports.Html;

public sealed class HtmlReportWriterTests
{
    private string _folder = "";

    [SetUp]
    public void Create_folder() => _folder = Directory.CreateTempSubdirectory("simserve-report").FullName;

    [TearDown]
    public void Delete_folder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Write_the_same_report_gives_the_same_bytes()
    {
        var (first, second) = (Path.Combine(_folder, "first.html"), Path.Combine(_folder, "second.html"));
        HtmlReportWriter.Write(first, Page.ReportOf(SampleCharts.Full()));
        HtmlReportWriter.Write(second, Page.ReportOf(SampleCharts.Full()));
        Assert.That(File.ReadAllBytes(second), Is.EqualTo(File.ReadAllBytes(first)));
    }

    [Test]
    public void Write_is_what_render_says_in_utf_8_without_a_mark()
    {
        var report = Page.ReportOf(SampleCharts.Full("größer 🎨"));
        var path = Path.Combine(_folder, "new", "report.html");
        HtmlReportWriter.Write(path, report);
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(Encoding.UTF8.GetBytes(HtmlReportWriter.Render(report))));
    }

    [Test]
    public void Write_to_a_run_folder_names_the_file()
    {
        var folder = new RunFolder(_folder);
        HtmlReportWriter.Write(folder, Page.ReportOf());
        Assert.That(folder.Written, Is.EqualTo(["report.html"]));
    }

    [Test]
    public void Write_a_report_that_fails_leaves_the_old_one_and_nothing_else()
    {
        var path = Path.Combine(_folder, "report.html");
        File.WriteAllText(path, "old");
        var faulty = new HtmlTable { Title = "prices", Columns = ["a", "b"], Rows = [["1"]] };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => HtmlReportWriter.Write(path, Page.ReportOf([.. SampleCharts.Full(), faulty])), Throws.ArgumentException);
            Assert.That(File.ReadAllText(path), Is.EqualTo("old"));
            Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(1));
        }
    }

    [Test]
    public void Render_refers_to_nothing_outside_the_page()
    {
        var page = HtmlReportWriter.Render(Page.ReportOf(SampleCharts.Full()));
        var addresses = Regex.Matches(page, "https?://[^\\s'\"]+").Select(static match => match.Value).Distinct();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(addresses, Is.EqualTo(["http://www.w3.org/2000/svg"]), "the name of SVG's elements, which is never fetched");
            Assert.That(page, Does.Not.Match("(src|href)=\"[^#]|@import|url\\((?!#)|\\bfetch\\(|XMLHttpRequest|\\beval\\(|innerHTML"));
        }
    }

    [Test]
    public void Render_allows_exactly_its_own_script_and_style()
    {
        var page = HtmlReportWriter.Render(Page.ReportOf(SampleCharts.Full()));
        var policy = Regex.Match(page, "Content-Security-Policy\" content=\"(.*?)\"").Groups[1].Value;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(policy, Does.StartWith("default-src 'none'").And.Not.Contain("unsafe"));
            Assert.That(policy, Does.Contain($"script-src '{HashOf(Regex.Match(page, "<script>(.*?)</script>", RegexOptions.Singleline).Groups[1].Value)}'"));
            Assert.That(policy, Does.Contain($"style-src '{HashOf(Regex.Match(page, "<style>(.*?)</style>", RegexOptions.Singleline).Groups[1].Value)}'"));
            Assert.That(page, Does.Not.Match("<[a-z][^<>]* (style|on[a-z]+)="), "the policy would refuse it");
        }
    }

    [TestCase(HtmlVerdictKind.Good, "good")]
    [TestCase(HtmlVerdictKind.Bad, "bad")]
    [TestCase(HtmlVerdictKind.Unknown, "unknown")]
    public void Render_tells_a_verdict_by_a_word_too(HtmlVerdictKind kind, string style)
    {
        var page = HtmlReportWriter.Render(new HtmlReport { Title = "t", Verdict = new HtmlVerdict("It holds.", kind) });
        Assert.That(page, Does.Match($"class=\"verdict {style}\"><strong role=\"img\" aria-label=\"\\w+\">.</strong> <span>It holds\\."));
    }

    [TestCase(49)]
    [TestCase(1_000_001)]
    public void Render_bounds_the_points_it_keeps(int most) =>
        Assert.That(() => HtmlReportWriter.Render(Page.ReportOf() with { MostPoints = most }), Throws.InstanceOf<ArgumentOutOfRangeException>());

    private static string HashOf(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
