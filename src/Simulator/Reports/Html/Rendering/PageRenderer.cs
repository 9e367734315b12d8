namespace SimServe.Simulator.Reports.Html.Rendering;

/// <summary>The page around the sections.</summary>
internal sealed class PageRenderer
{
    private readonly HtmlOutput _output;
    private readonly HtmlReport _report;

    public PageRenderer(TextWriter writer, HtmlReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentOutOfRangeException.ThrowIfLessThan(report.MostPoints, 50);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(report.MostPoints, 1_000_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(report.MostBars, 100);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(report.MostBars, 1_000_000);
        _output = new HtmlOutput(writer);
        _report = report;
    }

    public void Render()
    {
        RenderHead();
        _output.Line("<body>").Line("<a class=\"skip\" href=\"#content\">Skip to the report</a>");
        RenderHeader();
        RenderContents();
        _output.Line("<main id=\"content\">");
        var sections = new SectionRenderer(_output, _report);
        for (var index = 0; index < _report.Sections.Count; index++)
        {
            sections.Render(_report.Sections[index], index + 1);
        }

        _output.Line("</main>").Markup("<script>").Markup(PageAssets.Script).Line("</script>").Line("</body>").Line("</html>");
    }

    private void RenderHead()
    {
        _output.Line("<!DOCTYPE html>").Line("<html lang=\"en\">").Line("<head>").Line("<meta charset=\"utf-8\">")
            .Line($"<meta http-equiv=\"Content-Security-Policy\" content=\"{PageAssets.Policy}\">")
            .Line("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
            .Line("<meta name=\"color-scheme\" content=\"light dark\">")
            .Element("title", _report.Title)
            .Markup("<style>").Markup(PageAssets.Style).Line("</style>").Line("</head>");
    }

    private void RenderHeader()
    {
        _output.Line("<header>").Element("h1", _report.Title);
        if (_report.Subtitle is { } subtitle)
        {
            _output.Element("p class=\"subtitle\"", subtitle);
        }

        if (_report.Verdict is { } verdict)
        {
            // A sign and a word for those who do not see it: colour alone tells nothing.
            var (style, sign, word) = verdict.Kind switch
            {
                HtmlVerdictKind.Good => ("good", "✓", "Good"),
                HtmlVerdictKind.Bad => ("bad", "✕", "Bad"),
                HtmlVerdictKind.Unknown => ("unknown", "?", "Open"),
                _ => throw new ArgumentException($"Unknown kind of verdict {verdict.Kind}."),
            };
            _output.Markup($"<p class=\"verdict {style}\"><strong role=\"img\" aria-label=\"{word}\">{sign}</strong> <span>").Text(verdict.Text).Line("</span></p>");
        }

        RenderFacts();
        _output.Line("<noscript><p class=\"warning\">Charts need scripts. The numbers below each chart do not.</p></noscript>").Line("</header>");
    }

    private void RenderFacts()
    {
        if (_report.Facts.Count == 0)
        {
            return;
        }

        _output.Line("<dl class=\"facts\">");
        foreach (var fact in _report.Facts)
        {
            _output.Markup("<div>").Markup("<dt>").Text(fact.Name).Markup("</dt><dd>").Text(fact.Value).Line("</dd></div>");
        }

        _output.Line("</dl>");
    }

    private void RenderContents()
    {
        if (_report.Sections.Count < 3)
        {
            return;
        }

        _output.Markup("<nav aria-label=\"Sections\"><ul>");
        for (var index = 0; index < _report.Sections.Count; index++)
        {
            _output.Markup($"<li><a href=\"#section-{index + 1}\">").Text(_report.Sections[index].Heading).Markup("</a></li>");
        }

        _output.Line("</ul></nav>");
    }
}
