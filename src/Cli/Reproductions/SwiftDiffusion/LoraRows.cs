using System.Globalization;
using SimServe.Simulator.Reports.Charts;
using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Reproductions.SwiftDiffusion;

/// <summary>Fig. 16-right and section 6: what LoRAs cost, and the bound of asynchronous loading, which the paper does not vary.</summary>
internal static class LoraRows
{
    private static readonly int[] Bounds = [0, 5, 10, 15, 20, 30];
    private static readonly (string Id, string Name, double BytesPerSecond)[] Stores =
        [("cache", "page cache, 0.62 GB/s", 0.62e9), ("ssd", "SSD, 3 GB/s", 3e9), ("remote", "remote cache, 0.8 GB/s", 0.8e9), ("fleet", "production fleet, 4.4 s", 0.0775e9)];

    public static void Add(MeasurementBook book, KatzEngine engine)
    {
        foreach (var loras in new[] { 1, 2 })
        {
            book.Add($"fig16r.diffusers.{loras}", engine.Latency(engine.Diffusers, 0, loras) / engine.Latency(engine.Diffusers, 0, 0));
        }

        book.Add("fig16r.katz.1", engine.Latency(engine.Katz, 0, 1) - engine.Latency(engine.Katz, 0, 0));
        book.Add("fig16r.katz.2", engine.Latency(engine.Katz, 3, 2) - engine.Latency(engine.Katz, 3, 0));
        foreach (var (id, _, bandwidth) in Stores)
        {
            double Stall(int bound) => StallOf(engine, bandwidth, bound);
            book.Add($"bound.{id}", Stall(10), finding: $"Seconds that a request stands still for one LoRA, merging included, by the bound: {string.Join(", ", Bounds.Select(bound => string.Create(CultureInfo.InvariantCulture, $"{bound}: {Stall(bound):0.00}")))}.");
        }

        book.Add(new LineChart
        {
            Title = "Stall by one late LoRA",
            Note = "What asynchronous loading does not hide on Katz's two H800, merging (0.09 s) included, by where the LoRA comes from. Section 6 of the paper chooses 10 steps, its artifact 20.",
            XAxis = new ChartAxis("steps that may be taken without the LoRA"),
            YAxis = new ChartAxis("stall of a request", "s", ChartScale.Logarithmic),
            Series = [.. Stores.Select(store => new ChartSeries { Name = store.Name, Points = [.. Bounds.Select(bound => new ChartPoint(bound, StallOf(engine, store.BytesPerSecond, bound)))] })],
        });
    }

    private static double StallOf(KatzEngine engine, double bytesPerSecond, int bound) =>
        engine.AdapterWait(engine.Katz with { LoraBytesPerSecond = bytesPerSecond, AddOns = engine.Katz.AddOns with { LoraBound = bound } }, 0, 1);
}
