using ScottPlot;
using SimServe.Cli.Validation;
using SimServe.Policies.Serving;

namespace SimServe.Cli.Reports;

/// <summary>Latency of every request, simulated and measured, studied and baseline, as cumulative shares.</summary>
internal static class LatencyPlot
{
    private const int Width = 960;
    private const int Height = 540;

    public static void Save(ValidationOutcome result, string path)
    {
        using var plot = new Plot();
        var (studied, baseline) = (Color.FromHex("#1b7f5c"), Color.FromHex("#b5482a"));
        Add(plot, result.Studied.Measured, $"{result.StudiedName}, measured", studied, LinePattern.Solid);
        Add(plot, result.Studied.Simulated, $"{result.StudiedName}, simulated", studied, LinePattern.Dashed);
        Add(plot, result.Baseline.Measured, $"{result.BaselineName}, measured", baseline, LinePattern.Solid);
        Add(plot, result.Baseline.Simulated, $"{result.BaselineName}, simulated", baseline, LinePattern.Dashed);
        var scenario = result.Files.Scenario;
        plot.Title($"{result.Requests.Count} masked edits at {scenario.Workload.RatePerSecond:0.##}/s on {result.Files.Serving.Workers(scenario.Fleet.Workers)}");
        plot.XLabel("latency, seconds");
        plot.YLabel("share of requests served within it");
        plot.Axes.SetLimitsY(0, 1.02);
        plot.ShowLegend(Alignment.LowerRight);
        plot.SavePng(path, Width, Height);
    }

    private static void Add(Plot plot, ServingResult run, string label, Color color, LinePattern pattern)
    {
        var latencies = run.Records
            .Where(static record => record.Outcome == RequestOutcome.Completed)
            .Select(static record => (record.FinishedAt - record.ArrivedAt).TotalSeconds)
            .Order()
            .ToArray();
        if (latencies.Length == 0)
        {
            return;
        }

        var line = plot.Add.ScatterLine(latencies, [.. latencies.Select((_, index) => (index + 1.0) / latencies.Length)]);
        line.LegendText = label;
        line.Color = color;
        line.LinePattern = pattern;
        line.LineWidth = 2.5f;
        line.ConnectStyle = ConnectStyle.StepHorizontal;
    }
}
