using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Reports.Html;
using SimServe.Simulator.Reports.Runs;
using SimServe.Simulator.Tests.Metrics;

namespace SimServe.Simulator.Tests.Reports;

public sealed class RunReportTests
{
    private static readonly RunFacts Facts = new() { Scenario = "a small run", Seed = 7, Events = 10, Tool = "simserve 1.0", CostProvenance = "analytic" };

    [Test]
    public void Report_of_a_run_has_its_verdict_facts_charts_and_checks()
    {
        var (digest, window) = (new RunDigest(), new SegmentWindow(Instant.Start));
        EventScript.PlaySmall(new RunObservers(digest, window));
        var report = RunReport.Of(digest.Complete(EventScript.At(12)), Facts, window);
        var page = HtmlReportWriter.Render(report);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Verdict!.Kind, Is.EqualTo(HtmlVerdictKind.Bad));
            Assert.That(report.Verdict.Text, Does.StartWith("50.00"));
            Assert.That(report.Facts.Select(static fact => fact.Name), Does.Contain("seed").And.Contain("costs").And.Contain("warm-up"));
            Assert.That(report.Sections.Select(static section => section.Heading), Does.Contain("What would remove most of the p99").And.Contain("What the workers did"));
            foreach (var word in new[] { "a small run", "batch of 2", "load template cache", "work conservation", "gold", "e2e_latency_p99" })
            {
                Assert.That(page, Does.Contain(word));
            }
        }
    }

    [Test]
    public void Report_of_a_broken_run_concludes_nothing()
    {
        var digest = new RunDigest();
        new EventScript(digest).Arrive(0, 0);
        var report = RunReport.Of(digest.Complete(EventScript.At(1)), Facts);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Verdict!.Kind, Is.EqualTo(HtmlVerdictKind.Unknown));
            Assert.That(report.Verdict.Text, Does.StartWith("No conclusion: conservation of requests fails"));
            Assert.That(HtmlReportWriter.Render(report), Does.Contain("No conclusion"));
        }
    }

    [Test]
    public void Window_keeps_so_many_bars_and_says_that_there_were_more()
    {
        var window = new SegmentWindow(EventScript.At(4), mostBars: 2);
        EventScript.PlaySmall(window);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(window.Bars.Select(static bar => (bar.Start, bar.End, bar.Kind)), Is.EqualTo(new[] { (4.0, 6.0, "denoise"), (6.0, 8.0, "denoise") }));
            Assert.That(window.IsCut, Is.True);
        }
    }
}
