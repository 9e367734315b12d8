using SimServe.Policies.AddOns;
using SimServe.Policies.Routing;
using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Reproductions.SwiftDiffusion.Load;

/// <summary>Beyond the paper, which measures single requests on idle GPUs (section 9.1): policies under load, at equal numbers of GPUs.</summary>
internal static class LoadRows
{
    public static void Add(MeasurementBook book, LoadTable table)
    {
        foreach (var (letter, service) in LoadStudy.Services)
        {
            AddGpuSeconds(book, table, letter, service);
            AddLatencies(book, table, letter, service);
            AddLoras(book, table, letter, service);
            AddAffinity(book, table, letter, service);
        }
    }

    private static void AddGpuSeconds(MeasurementBook book, LoadTable table, string letter, string service)
    {
        void Add(string name, LoadPlan plan) => book.Add($"load.gpus.{letter}.{name}", table[LoadStudy.Saturated(plan, service)].GpuSeconds, finding: Shares(plan));
        Add("serial", LoadPlan.Serial);
        Add("dedicated2", LoadPlan.Dedicated);
        Add("dedicated1", LoadPlan.DedicatedPair);
        foreach (var ratio in LoadStudy.Ratios)
        {
            Add(FormattableString.Invariant($"shared{ratio}"), LoadPlan.Shared(ratio));
        }
    }

    private static string Shares(LoadPlan plan) => $"{plan.Workers} GPUs denoise, {plan.Devices} run ControlNets.";

    private static void AddLatencies(MeasurementBook book, LoadTable table, string letter, string service)
    {
        foreach (var (name, plan) in LoadStudy.Placements)
        {
            var numbers = table[new LoadPoint(LoadStudy.Settled(plan), service, LoadStudy.Rate)];
            book.Add($"load.slo.{letter}.{name}", 100 * numbers.Attainment, finding: Latencies(numbers));
        }
    }

    private static void AddLoras(MeasurementBook book, LoadTable table, string letter, string service)
    {
        foreach (var loras in new[] { SynchronousLoras.Name, BoundedAsynchronousLoras.Name, UnmergedLoras.Name })
        {
            var plan = LoadPlan.Serial with { Loras = loras };
            Add($"{loras}.cold", new LoadPoint(plan, service, LoadStudy.Rate));
            Add($"{loras}.cached", new LoadPoint(plan with { HostBytes = LoadPlan.HostCache }, service, LoadStudy.Rate));
        }

        Add("near", LoadStudy.Near(service));

        void Add(string name, LoadPoint point)
        {
            var numbers = table[point];
            book.Add($"load.wait.{letter}.{name}", numbers.AdapterWait, finding: Latencies(numbers));
        }
    }

    private static void AddAffinity(MeasurementBook book, LoadTable table, string letter, string service)
    {
        foreach (var (name, cache) in new[] { ("cold", 0L), ("cached", LoadPlan.HostCache) })
        {
            var (near, any) = (Routed(AdapterAffinity.Name, cache, LoadStudy.Rate), Routed(LeastRequests.Name, cache, LoadStudy.Rate));
            book.Add($"load.affinity.{letter}.{name}", near.AdapterWait / any.AdapterWait, finding: FormattableString.Invariant(
                $"With it: {Latencies(near)} Without: {Latencies(any)} At most load it takes {Routed(AdapterAffinity.Name, cache, null).GpuSeconds / Routed(LeastRequests.Name, cache, null).GpuSeconds:0.00} times the GPU-seconds."));
        }

        LoadNumbers Routed(string routing, long cache, double? rate) =>
            table[new LoadPoint(LoadPlan.Serial with { Loras = BoundedAsynchronousLoras.Name, HostBytes = cache, Routing = routing }, service, rate)];
    }

    private static string Latencies(LoadNumbers numbers) => FormattableString.Invariant(
        $"Latency: p50 {numbers.P50:0.0} s, p99 {numbers.P99:0.0} s; {100 * numbers.Attainment:0.0} % within three times a request alone.");
}
