using System.CommandLine;

namespace SimServe.Cli.Plots;

/// <summary>The option <c>--plots png,svg</c> of the verbs that write a report.</summary>
internal static class PlotOption
{
    private static readonly Dictionary<string, PlotFormats> Known = new(StringComparer.Ordinal)
    {
        ["png"] = PlotFormats.Png,
        ["svg"] = PlotFormats.Svg,
        ["png,svg"] = PlotFormats.Png | PlotFormats.Svg,
        ["svg,png"] = PlotFormats.Png | PlotFormats.Svg,
    };

    public static Option<string?> Create()
    {
        var option = new Option<string?>("--plots") { Description = "write the report's charts as pictures too: png, svg or png,svg" };
        option.AcceptOnlyFromAmong([.. Known.Keys]);
        return option;
    }

    public static PlotFormats Of(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) is { } names ? Known[names] : PlotFormats.None;
}
