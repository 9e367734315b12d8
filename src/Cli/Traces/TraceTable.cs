using System.Globalization;
using SimServe.Cli.Terminals;
using SimServe.Simulator.Traces;
using Spectre.Console;

namespace SimServe.Cli.Traces;

/// <summary>A trace's description as a table.</summary>
internal static class TraceTable
{
    private const int MostSteps = 6;

    public static void Print(Terminal terminal, string file, string provenance, TraceDescription trace)
    {
        terminal.Say($"{file}: {provenance}");
        var table = new Table { Border = TableBorder.Rounded }.AddColumn("of the trace").AddColumn("value");
        foreach (var (name, value) in Rows(trace))
        {
            table.AddRow(Markup.Escape(name), Markup.Escape(value));
        }

        terminal.Output.Write(table);
    }

    private static IEnumerable<(string Name, string Value)> Rows(TraceDescription trace)
    {
        var (arrivals, masks) = (trace.Arrivals, trace.Masks);
        yield return ("requests", Show($"{trace.Requests}"));
        yield return ("span", Show($"{arrivals.SpanSeconds:0.###} s"));
        yield return ("rate", Show($"{arrivals.RatePerSecond:0.####} requests/s, at most {arrivals.MostPerMinute} in a minute"));
        yield return ("burstiness", Show($"gaps vary by {arrivals.GapVariation:0.###} (Poisson: 1); arrivals per minute, variance over mean: {arrivals.MinuteDispersion:0.##} (Poisson: 1)"));
        foreach (var fit in arrivals.Fits)
        {
            yield return ("arrivals fit", Show($"{fit.Distribution}, KS distance {fit.Distance:0.###}"));
        }

        yield return ("mask ratio", Show($"mean {masks.Mean:0.####}; ") + string.Join(", ", masks.Quantiles.Select(static quantile => Show($"p{100 * quantile.Share:0} {quantile.Ratio:0.####}"))));
        foreach (var fit in masks.Fits)
        {
            yield return ("masks fit", Show($"{fit.Distribution}, KS distance {fit.Distance:0.###}"));
        }

        yield return ("steps", string.Join(", ", trace.Steps.OrderByDescending(static pair => pair.Value).Take(MostSteps).Select(pair => Show($"{pair.Key} in {100.0 * pair.Value / trace.Requests:0.#} %"))));
        yield return ("templates", Distinct(trace.Templates));
        yield return ("tenants", Distinct(trace.Tenants));
        yield return ("ControlNets", PerRequest(trace.ControlNets));
        yield return ("LoRAs", PerRequest(trace.Loras));
    }

    private static string Distinct(NameDescription names) => Show($"{names.Distinct}, the most frequent in {100 * names.TopShare:0.#} % of the requests");

    private static string PerRequest(NameDescription names) => names.Distinct == 0
        ? "none"
        : Show($"{names.PerRequest:0.###} a request, {names.Distinct} different, the most frequent in {100 * names.TopShare:0.#} % of the uses");

    private static string Show(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
