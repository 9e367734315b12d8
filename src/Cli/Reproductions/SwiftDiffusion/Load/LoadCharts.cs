using SimServe.Simulator.Reports.Charts;

namespace SimServe.Cli.Reproductions.SwiftDiffusion.Load;

/// <summary>Pictures of the study.</summary>
internal static class LoadCharts
{
    /// <summary>99th percentile of latency by load.</summary>
    public static LineChart Curve(LoadTable table) => new()
    {
        Title = "p99 latency by load, 60 H800",
        Note = "Service A's adapters, arrivals as in GenTD26, loads as slow as there. Beyond what a plan can serve p99 grows with the run. The ratio is of GPUs that denoise to those that run ControlNets.",
        XAxis = new ChartAxis("requests", "1/s"),
        YAxis = new ChartAxis("p99 of latency", "s", ChartScale.Logarithmic),
        Series = [.. LoadStudy.Curves.Select(curve => new ChartSeries
        {
            Name = curve.Name,
            Points = [.. LoadStudy.Rates.Select(rate => new ChartPoint(rate, table[new LoadPoint(curve.Plan, LoadStudy.Services[0].Name, rate)].P99))],
        })],
    };

    /// <summary>What an image costs by how many workers share a GPU that runs ControlNets.</summary>
    public static LineChart Sharing(LoadTable table) => new()
    {
        Title = "GPU-seconds of an image by sharing",
        Note = "60 H800 that are always asked for more, ControlNets' GPUs included; LoRAs asynchronous, adapters cached by hosts.",
        XAxis = new ChartAxis("workers for each GPU that runs ControlNets"),
        YAxis = new ChartAxis("GPU-seconds of an image", "s"),
        YThresholds = [new ChartThreshold(table[LoadStudy.Saturated(LoadPlan.Dedicated, LoadStudy.Services[0].Name)].GpuSeconds, "service A, two GPUs each alone")],
        Series = [.. LoadStudy.Services.Index().SelectMany(service => Lines(table, service.Item.Letter.ToUpperInvariant(), service.Item.Name, service.Index))],
    };

    private static ChartSeries[] Lines(LoadTable table, string letter, string service, int color)
    {
        ChartSeries Line(string name, Func<double, LoadPlan> plan) => new()
        {
            Name = $"service {letter}, {name}",
            Color = color,
            Points = [.. LoadStudy.Ratios.Select(ratio => new ChartPoint(ratio, table[LoadStudy.Saturated(plan(ratio), service)].GpuSeconds))],
        };
        return [Line("shared", LoadPlan.Shared), Line("serial: no such GPUs", static _ => LoadPlan.Serial) with { IsDashed = true }];
    }
}
