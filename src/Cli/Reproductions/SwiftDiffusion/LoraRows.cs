using System.Globalization;
using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Reproductions.SwiftDiffusion;

/// <summary>Fig. 16-right and section 6: what LoRAs cost, and the bound of asynchronous loading, which the paper does not vary.</summary>
internal static class LoraRows
{
    private static readonly int[] Bounds = [0, 5, 10, 15, 20, 30];
    private static readonly (string Id, double BytesPerSecond)[] Stores = [("cache", 0.62e9), ("ssd", 3e9), ("remote", 0.8e9), ("fleet", 0.0775e9)];

    public static void Add(MeasurementBook book, KatzEngine engine)
    {
        foreach (var loras in new[] { 1, 2 })
        {
            book.Add($"fig16r.diffusers.{loras}", engine.Latency(engine.Diffusers, 0, loras) / engine.Latency(engine.Diffusers, 0, 0));
        }

        book.Add("fig16r.katz.1", engine.Latency(engine.Katz, 0, 1) - engine.Latency(engine.Katz, 0, 0));
        book.Add("fig16r.katz.2", engine.Latency(engine.Katz, 3, 2) - engine.Latency(engine.Katz, 3, 0));
        foreach (var (id, bandwidth) in Stores)
        {
            double Stall(int bound) => engine.AdapterWait(engine.Katz with { LoraBytesPerSecond = bandwidth, AddOns = engine.Katz.AddOns with { LoraBound = bound } }, 0, 1);
            book.Add($"bound.{id}", Stall(10), finding: $"Seconds that a request stands still for one LoRA, merging included, by the bound: {string.Join(", ", Bounds.Select(bound => string.Create(CultureInfo.InvariantCulture, $"{bound}: {Stall(bound):0.00}")))}.");
        }
    }
}
