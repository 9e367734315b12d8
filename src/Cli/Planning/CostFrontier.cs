using SimServe.Simulator.Planning;
using Spectre.Console;

namespace SimServe.Cli.Planning;

/// <summary>Prices of the answers as bars: what the next best costs.</summary>
internal static class CostFrontier
{
    private const int Width = 100;

    public static BarChart Chart(IReadOnlyList<PlanAnswer> answers, IReadOnlyList<FleetOption> options)
    {
        var chart = new BarChart { Width = Width, Label = "dollars per hour", LabelAlignment = Justify.Left };
        foreach (var answer in answers)
        {
            chart.AddItem(Markup.Escape(answer.Recommended.Describe(options)), Math.Round(answer.UsdPerHour, 2), answer == answers[0] ? Color.Green : Color.Grey);
        }

        return chart;
    }
}
