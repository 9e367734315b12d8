using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reports.Html.Rendering;

/// <summary>Merges short bars with their neighbours in a row when there are too many to send.</summary>
/// <remarks>
/// From left to right, a bar joins its predecessors while all of them fit into a window. The window is the narrowest, found by halving, that
/// leaves no more bars than allowed; so long bars stay as they are. Never fewer than one bar a row remain.
/// </remarks>
internal static class GanttMerge
{
    // Halvings of the whole span: the window is found to one part in 16 million of it.
    private const int Halvings = 24;

    public static IReadOnlyList<GanttBar> Of(IReadOnlyList<GanttBar> bars, int most)
    {
        GanttBar[] sorted = [.. bars.OrderBy(static bar => bar.Row).ThenBy(static bar => bar.Start)];
        return sorted.Length <= most ? sorted : [.. Groups(sorted, WindowFor(sorted, most)).Select(group => Join(sorted.AsSpan(group)))];
    }

    private static double WindowFor(GanttBar[] sorted, int most)
    {
        var (tooNarrow, wide) = (0.0, sorted.Max(static bar => bar.End) - sorted.Min(static bar => bar.Start));
        for (var step = 0; step < Halvings; step++)
        {
            var middle = (tooNarrow + wide) / 2;
            (tooNarrow, wide) = Groups(sorted, middle).Count() > most ? (middle, wide) : (tooNarrow, middle);
        }

        return wide;
    }

    private static IEnumerable<Range> Groups(GanttBar[] sorted, double window)
    {
        for (var first = 0; first < sorted.Length;)
        {
            var (next, end) = (first + 1, sorted[first].End);
            while (next < sorted.Length && sorted[next].Row == sorted[first].Row && Math.Max(end, sorted[next].End) - sorted[first].Start <= window)
            {
                end = Math.Max(end, sorted[next++].End);
            }

            yield return first..next;
            first = next;
        }
    }

    private static GanttBar Join(ReadOnlySpan<GanttBar> bars)
    {
        if (bars.Length == 1)
        {
            return bars[0];
        }

        var (end, busy) = (bars[0].End, new Dictionary<string, double>(StringComparer.Ordinal));
        foreach (var bar in bars)
        {
            end = Math.Max(end, bar.End);
            busy[bar.Kind] = busy.GetValueOrDefault(bar.Kind) + bar.End - bar.Start;
        }

        var parts = busy.Select(static pair => $"{pair.Key} {NumberText.Of(pair.Value)}");
        return new GanttBar(
            bars[0].Row, bars[0].Start, end, $"{NumberText.Count(bars.Length)} bars", busy.MaxBy(static pair => pair.Value).Key, $"merged; in all {string.Join(", ", parts)}");
    }
}
