using SimServe.Policies.Caches;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Metrics.Objectives;
using SimServe.Simulator.Reports.Html;

namespace SimServe.Simulator.Reports.Runs;

// The tables of a run's report.
internal static class RunTables
{
    public static HtmlSection Numbers(RunSummary summary) => new()
    {
        Heading = "Numbers",
        Paragraphs = ["As in summary.json; defined in the README of the metrics."],
        Items =
        [
            new HtmlTable
            {
                Title = "All numbers of the run",
                Columns = ["metric", "value", "unit"],
                Rows = [.. ScalarList.Of(summary).Where(static scalar => scalar.Value is not null).Select(static scalar =>
                    new HtmlCell[] { scalar.Name, scalar.Value!.Value, scalar.Unit })],
            },
        ],
    };

    public static HtmlSection Caches(TemplateCacheUse caches) => new()
    {
        Heading = "Templates' caches",
        Paragraphs = ["Of the whole run, warm-up included."],
        Items =
        [
            new HtmlTable
            {
                Title = "Where requests found templates, and where hosts fetched them from",
                Columns = ["what", "times"],
                Rows =
                [
                    ["requests that joined with their template in device memory", caches.DeviceHits],
                    ["requests that joined with it in host memory only", caches.DeviceMisses],
                    ["evictions from device memory", caches.DeviceEvictions],
                    ["evictions from host memory", caches.HostEvictions],
                    ["fetches from a host's disk", caches.DiskFetches],
                    ["fetches from another host's memory", caches.PeerFetches],
                    ["fetches from the store", caches.StoreFetches],
                    ["requests that used host memory's copy of their template", caches.HostUses],
                    ["times a batch waited for a template", caches.HostWaits],
                    ["templates recorded", caches.Recordings],
                    ["files found spoilt and made anew", caches.RebuiltFiles],
                ],
            },
        ],
    };

    public static HtmlSection Groups(RunSummary summary) => new()
    {
        Heading = "Classes and tenants",
        Items =
        [
            new HtmlTable
            {
                Title = "Service classes",
                Columns = ["class", "objective, s", "ended", "completed", "attainment", "interval, 95 %", "p50, s", "p99, s"],
                Rows = [.. summary.Classes.Select(static service => new HtmlCell[]
                {
                    service.Name, service.ObjectiveSeconds ?? double.NaN, service.Ended, service.Completed, Share(service.Attainment), Interval(service.Attainment),
                    service.Latency.P50, service.Latency.P99,
                })],
            },
            new HtmlTable
            {
                Title = "Tenants",
                Columns = ["tenant", "ended", "completed", "attainment", "mean latency, s"],
                Rows = [.. summary.Tenants.Select(static tenant => new HtmlCell[]
                {
                    tenant.Tenant, tenant.Ended, tenant.Completed, Share(tenant.Attainment), tenant.MeanLatencySeconds,
                })],
            },
        ],
    };

    public static HtmlSection Checks(RunSummary summary) => new()
    {
        Heading = "Checks",
        Paragraphs = ["What must hold in every run whatever the policies. If one fails, nothing may be concluded."],
        Items =
        [
            new HtmlTable
            {
                Title = "Sanity checks",
                Columns = ["check", "result", "violations", "what was found"],
                Rows = [.. summary.Verdict.Checks.Select(static check => new HtmlCell[]
                {
                    check.Name, check.Passed ? "holds" : "fails", check.Violations, check.Words,
                })],
            },
        ],
    };

    private static HtmlCell Share(Attainment attainment) => attainment.Share is { } share ? HtmlCell.Percent(share) : HtmlCell.Of(double.NaN);

    private static HtmlCell Interval(Attainment attainment) => attainment.Share is null
        ? HtmlCell.Of("")
        : HtmlCell.Of(FormattableString.Invariant($"{attainment.Low:P1} to {attainment.High:P1}"));
}
