using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reports.Html.Rendering;

/// <summary>Merges short bars with their neighbours in a row when there are too many to send.</summary>
/// <remarks>
/// From left to right, a bar joins its predecessor while both fit into a window. Two bars in sequence that did not join are longer together
/// than the window, so rows whose bars do not overlap keep at most two bars per window and one more; the window is chosen by that.
/// </remarks>
internal static class GanttMerge
{
    public static IReadOnlyList<GanttBar> Of(IReadOnlyList<GanttBar> bars, int rows, int most)
    {
        var sorted = bars.OrderBy(static bar => bar.Row).ThenBy(static bar => bar.Start).ToArray();
        if (sorted.Length <= most)
        {
            return sorted;
        }

        var span = sorted.Max(static bar => bar.End) - sorted.Min(static bar => bar.Start);
        var window = 2 * span / Math.Max(1, (most / (double)rows) - 1);
        var merged = new List<GanttBar>();
        for (var first = 0; first < sorted.Length;)
        {
            var (next, end) = (first + 1, sorted[first].End);
            while (next < sorted.Length && sorted[next].Row == sorted[first].Row && Math.Max(end, sorted[next].End) - sorted[first].Start <= window)
            {
                end = Math.Max(end, sorted[next++].End);
            }

            merged.Add(Join(sorted.AsSpan(first, next - first), end));
            first = next;
        }

        return merged;
    }

    private static GanttBar Join(ReadOnlySpan<GanttBar> bars, double end)
    {
        if (bars.Length == 1)
        {
            return bars[0];
        }

        var busy = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var bar in bars)
        {
            busy[bar.Kind] = busy.GetValueOrDefault(bar.Kind) + bar.End - bar.Start;
        }

        var kind = busy.MaxBy(static pair => pair.Value).Key;
        return new GanttBar(bars[0].Row, bars[0].Start, end, $"{NumberText.Count(bars.Length)} bars", kind, "too short to be drawn each");
    }
}
