using SimServe.Simulator.Scenarios;

namespace SimServe.Cli.Comparison;

/// <summary>What <c>--vary path=a,b</c> asks for.</summary>
/// <param name="Path">The varied key of the scenario.</param>
/// <param name="Values">Its values, at least 2; the others are compared with the first.</param>
internal sealed record Variation(string Path, IReadOnlyList<string> Values)
{
    // What simulate reads. Of the rest, the seed is what the variants must share, and baseline, prompts, profiling and the link (the profile knows it) change no simulated run.
    private static readonly string[] Allowed =
    [
        "policies.routing", "policies.batching", "policies.pipeline", "policies.maxBatchSize", "policies.maxWaitSeconds", "fleet.workers",
        "fleet.warmTemplates", "workload.requests", "workload.ratePerSecond", "workload.masks", "workload.maskMargin", "workload.templateSkew", "steps", "cache.variant", "cache.numbers",
        "workload.templates", "workload.tenants", "workload.tenantSkew", "workload.adapters", "workload.adapterNeighbourhoods", "workload.trace.timeScale", "workload.closedLoop.users",
        "workload.closedLoop.thinkSeconds", "workload.closedLoop.editsPerSession", "workload.closedLoop.sameTemplate",
        "workload.cancellation.share", "workload.cancellation.meanSeconds",
    ];

    public static Variation? Parse(string text, List<InputFault> faults)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var path = equals < 0 ? "" : text[..equals];
        if (!Allowed.Contains(path))
        {
            faults.Add(new InputFault("--vary", $"\"{text}\"", $"path=a,b with a path among {string.Join(", ", Allowed)}", "Write for example policies.routing=round-robin,least-requests."));
            return null;
        }

        var values = text[(equals + 1)..].Split(',', StringSplitOptions.TrimEntries);
        if (values.Length < 2 || values.Contains(""))
        {
            faults.Add(new InputFault("--vary", $"\"{text}\"", "two values or more, with commas between them", $"Write for example {path}=a,b."));
            return null;
        }

        return new Variation(path, values);
    }
}
