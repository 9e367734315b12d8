using SimServe.Policies;
using SimServe.Simulator.Catalogue;
using SimServe.Simulator.Planning;
using SimServe.Simulator.Workloads;

namespace SimServe.Cli.Planning;

/// <summary>A plan file, its question put to the planner, and the answer.</summary>
internal sealed class PlanJob
{
    public PlanJob(PlanFile file, int threads)
    {
        File = file;
        var model = PublishedShapes.Of(file.Model);
        var costs = new CatalogueCosts(PublishedShapes.Of);
        var question = new CapacityQuestion
        {
            Model = model,
            Workload = WorkloadOf(file),
            Objective = file.Objective,
            Options = [.. file.Candidates.Select(candidate => OptionOf(candidate, costs, model))],
            Policies = file.Policies,
            Hosts = file.Hosts,
            Seed = file.Seed,
            Spares = file.Spares,
            Mixes = file.Mixes,
            Confidence = file.Confidence,
            CalibrationError = file.CalibrationError,
            MostReplications = file.Replications,
            Threads = threads,
        };
        Question = question with { Workload = question.Workload with { Requests = file.Requests ?? ReplicationLength.Of(question) } };
    }

    public PlanFile File { get; }

    public CapacityQuestion Question { get; }

    public PlanResult Run(Action<string> progress, CancellationToken cancellation)
    {
        try
        {
            return new CapacityPlanner(Question, progress, cancellation).Plan();
        }
        catch (AggregateException fault) when (fault.InnerExceptions.All(static inner => inner is OperationCanceledException))
        {
            throw new OperationCanceledException(fault.Message, fault, cancellation);
        }
    }

    private static WorkloadOptions WorkloadOf(PlanFile file) => new()
    {
        Requests = 1,
        RequestsPerSecond = file.RatePerSecond,
        Arrivals = file.Arrivals ?? new PoissonPattern(),
        MaskRatios = file.Masks,
        Steps = file.Steps,
        Templates = file.Templates,
        TemplateZipfExponent = file.TemplateSkew,
    };

    private static FleetOption OptionOf(PlanCandidate candidate, CatalogueCosts catalogue, ModelShape model)
    {
        var device = DeviceCatalogue.Find(candidate.Device);
        var (costs, provenance) = catalogue.Of(device, model);
        var price = device.PriceOf(PricingNames.Parse(candidate.Pricing));
        return new FleetOption
        {
            Device = device.ToSpec(),
            Pricing = candidate.Pricing,
            UsdPerHour = candidate.UsdPerHour ?? price.UsdPerHour.Value,
            PriceSource = candidate.UsdPerHour is null ? $"{price.UsdPerHour.Source}, {price.AsOf:yyyy-MM-dd}" : "the plan",
            Costs = costs,
            Provenance = provenance,
            MemoryBytes = device.MemoryBytes.Value,
            LoadWatts = device.LoadWatts.Value,
            IdleWatts = device.IdleWatts.Value,
            Most = candidate.Most,
        };
    }
}
