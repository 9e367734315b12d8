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
        Fleet = new { Pools = Pools(answer.Recommended, job.Question.Options) },
        Workload = new Dictionary<string, object?>
        {
            ["requests"] = job.Question.Workload.Requests,
            ["ratePerSecond"] = job.File.RatePerSecond,
            ["arrivals"] = job.Question.Workload.Arrivals,
            ["masks"] = job.File.Masks,
            ["templates"] = job.File.Templates,
            ["templateSkew"] = job.File.TemplateSkew,
        },
        Policies = new
        {
            job.File.Policies.Batching,
            job.File.Policies.MaxBatchSize,
            MaxWaitSeconds = job.File.Policies.MaxWait.TotalSeconds,
            job.File.Policies.Pipeline,
            job.File.Policies.Routing,
        },
    };

    public static IEnumerable<object> Pools(Fleet fleet, IReadOnlyList<FleetOption> options) =>
        fleet.OptionOfWorkers().GroupBy(static option => option).Select(pool => (object)new
        {
            Device = options[pool.Key].Device.Name,
            Workers = pool.Count(),
            options[pool.Key].Pricing,
        });
}
