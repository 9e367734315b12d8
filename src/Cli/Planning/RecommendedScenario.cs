using System.Text.Json.Nodes;
using SimServe.Simulator.Planning;

namespace SimServe.Cli.Planning;

/// <summary>The recommended fleet as a scenario, to be simulated at length.</summary>
internal static class RecommendedScenario
{
    public static object Of(PlanJob job, PlanAnswer answer) => new
    {
        Name = $"{job.File.Name}-recommended",
        job.File.Seed,
        job.File.Model,
        job.File.Steps,
        Fleet = Fleet(job, answer),
        Workload = new Dictionary<string, object?>
        {
            ["requests"] = job.Question.Workload.Requests,
            ["ratePerSecond"] = job.File.RatePerSecond,
            ["arrivals"] = job.Question.Workload.Arrivals,
            ["masks"] = job.File.Masks,
            ["templates"] = job.File.Templates,
            ["templateSkew"] = job.File.TemplateSkew,
        },
        Policies = Policies(job.File),
    };

    // A scenario's own defaults are not all a plan's: those are written out, and over them what the plan says.
    private static JsonObject Policies(PlanFile file)
    {
        var policies = new JsonObject
        {
            ["batching"] = file.Policies.Batching,
            ["maxBatchSize"] = file.Policies.MaxBatchSize,
            ["pipeline"] = file.Policies.Pipeline,
            ["routing"] = file.Policies.Routing,
        };
        foreach (var (key, value) in file.WrittenPolicies ?? [])
        {
            policies[key] = value?.DeepClone();
        }

        ResolveBounds(policies, file);
        return policies;
    }

    // Files of measured bounds are named from the plan's folder: the scenario, which lies elsewhere, says what they hold.
    private static void ResolveBounds(JsonObject policies, PlanFile file)
    {
        if (policies["addOns"] is JsonObject addOns && addOns.ContainsKey("loraBounds"))
        {
            addOns["loraBounds"] = new JsonArray([.. file.Policies.AddOns.LoraBounds.Select(static bound => new JsonObject { ["lora"] = bound.Key, ["steps"] = bound.Value })]);
        }
    }

    private static Dictionary<string, object> Fleet(PlanJob job, PlanAnswer answer)
    {
        var fleet = new Dictionary<string, object> { ["pools"] = Pools(answer.Recommended, job.Question.Options, job.File.Hosts) };
        if (job.File.Hosts is { } hosts)
        {
            fleet["warmTemplates"] = hosts.WarmTemplates;
            fleet["host"] = job.File.WrittenHost ?? [];
        }

        return fleet;
    }

    public static IEnumerable<object> Pools(Fleet fleet, IReadOnlyList<FleetOption> options, PlanHosts? hosts) =>
        fleet.OptionOfWorkers().GroupBy(static option => option).Select(pool => (object)new
        {
            Device = options[pool.Key].Device.Name,
            Workers = pool.Count(),
            WorkersPerHost = (hosts ?? new PlanHosts()).WorkersPerHost,
            options[pool.Key].Pricing,
        });
}
