using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reports.Html.Rendering;

/// <summary>What a Gantt chart must hold to be drawn.</summary>
internal static class GanttChecks
{
    public static void Check(GanttChart chart)
    {
        for (var index = 0; index < chart.Bars.Count; index++)
        {
            var bar = chart.Bars[index];
            if (bar.Row < 0 || bar.Row >= chart.Rows.Count)
            {
                throw new ArgumentException($"Bar {index} of \"{chart.Title}\" is in row {bar.Row}; there are {chart.Rows.Count} rows, numbered from 0.");
            }

            if (!double.IsFinite(bar.Start) || !double.IsFinite(bar.End) || bar.End < bar.Start)
            {
                throw new ArgumentException($"Bar {index} of \"{chart.Title}\" lasts from {bar.Start} to {bar.End}; both must be finite, the end not before the start.");
            }
        }
    }
}
