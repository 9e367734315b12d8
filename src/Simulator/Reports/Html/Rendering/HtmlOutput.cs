using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace SimServe.Simulator.Reports.Html.Rendering;

/// <summary>The only way in which text reaches the page: markup is ours and literal, everything else is escaped.</summary>
internal sealed class HtmlOutput(TextWriter writer)
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    public HtmlOutput Markup(string markup)
    {
        writer.Write(markup);
        return this;
    }

    public HtmlOutput Line(string markup)
    {
        writer.Write(markup);
        writer.Write('\n');
        return this;
    }

    public HtmlOutput Text(string text)
    {
        writer.Write(Encoder.Encode(text));
        return this;
    }

    // An element that holds nothing but text.
    public HtmlOutput Element(string opening, string text)
    {
        var space = opening.IndexOf(' ', StringComparison.Ordinal);
        return Markup($"<{opening}>").Text(text).Line($"</{(space < 0 ? opening : opening[..space])}>");
    }
}
