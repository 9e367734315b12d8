using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Workloads.Adapters;

namespace SimServe.Simulator.Workloads;

/// <summary>Draws the requests of an open workload one by one: memory does not depend on their number.</summary>
internal sealed class DrawnRequests(WorkloadOptions options, RequestPopulation population, long runSeed) : IRequestSource
{
    private readonly WorkloadStreams _streams = new(runSeed);
    private readonly IArrivalProcess _arrivals = options.Arrivals.Create(options.RequestsPerSecond);
    private readonly AdapterSource? _adapters = options.HasAdapters
        ? new AdapterSource(AdapterPopulations.Parse(options.Adapters), runSeed, options.AdapterNeighbourhoods)
        : null;
    private readonly ListedAdapterSource? _listed = options.ListedAdapters is { } listed ? new ListedAdapterSource(listed, runSeed) : null;
    private readonly DrawnPatience? _patience = DrawnPatience.Of(options.Cancellation, runSeed);
    private readonly TemplateResolutions _resolutions = new(options, runSeed);
    private Instant _arrival;
    private int _number;

    public bool TryNext(out Request request)
    {
        if (_number == options.Requests)
        {
            request = default;
            return false;
        }

        _arrival = _arrivals.Next(_arrival, _streams.Arrivals);
        request = Draw(_number++);
        return true;
    }

    public bool TryFollow(in RequestRecord ended, out Request next)
    {
        next = default;
        return false;
    }

    private Request Draw(int number)
    {
        var (group, template) = (population.Class(_streams.Classes), population.Template(_streams.Templates));
        return new Request
        {
            Id = new RequestId(number),
            ArrivesAt = _arrival,
            Template = template,
            Mask = population.Mask(_resolutions.Of(template), group, _streams.Masks, population.HasShapes ? _streams.ShapeOf(number) : null),
            Steps = population.Steps(_streams.Steps),
            Prompt = population.Prompt(_streams.Prompts),
            Seed = _streams.Seeds.NextInt64(),
            Class = population.ClassOf(group),
            Tenant = population.Tenant(_streams.Tenants),
            Adapters = _listed?.Next() ?? _adapters?.Next(out _) ?? AdapterSet.None,
            CancelsAt = _patience?.Next(_arrival),
        };
    }
}
