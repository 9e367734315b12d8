using System.Globalization;

namespace SimServe.Cli.Reproductions.SwiftDiffusion.Load;

/// <summary><c>load.csv</c>: every combination of policies, a line each.</summary>
internal static class LoadFile
{
    /// <summary>Name of the file.</summary>
    public const string Name = "load.csv";

    private const string Columns =
        "service,control_nets,workers,control_net_gpus,loras,routing,host_cache,requests_per_second,p50_s,p99_s,slo_attainment,adapter_wait_s,gpu_seconds_per_image_at_that_load,gpu_seconds_per_image_at_most";

    public static string Of(LoadTable table) => string.Concat(((string[])[Columns, .. Lines(table)]).Select(static line => line + "\n"));

    private static IEnumerable<string> Lines(LoadTable table) =>
        from service in LoadStudy.Services from plan in LoadStudy.Combinations select Line(table, plan, service.Name);

    private static string Line(LoadTable table, LoadPlan plan, string service)
    {
        var (loaded, most) = (table[new LoadPoint(plan, service, LoadStudy.Rate)], table[new LoadPoint(plan, service, null)]);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{service},{plan.ControlNets},{plan.Workers},{plan.Devices},{plan.Loras},{plan.Routing},{(plan.HostBytes > 0 ? "yes" : "no")},{LoadStudy.Rate},{loaded.P50:0.000},{loaded.P99:0.000},{loaded.Attainment:0.0000},{loaded.AdapterWait:0.000},{loaded.GpuSeconds:0.000},{most.GpuSeconds:0.000}");
    }
}
