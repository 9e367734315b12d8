using SimServe.Policies;
using SimServe.Policies.Serving;

namespace SimServe.Simulator.Workloads;

/// <summary>Draws the requests of a run.</summary>
/// <remarks>
/// Every property has its own stream (arrivals, masks, templates, prompts, seeds, steps, classes, tenants, sizes of templates, patience; adapters have several; every mask's shape its own), and every
/// request takes one number from each (some arrival patterns and populations of adapters more than one, from theirs): changing one option, or adding a property,
/// changes no other property of any request, and a longer workload begins with the shorter one. Policies that are compared on one seed are compared on
/// the same requests. In a closed loop every user has streams of their own instead.
/// </remarks>
public sealed class WorkloadBuilder
{
    private readonly WorkloadOptions _options;
    private readonly RequestPopulation _population;

    /// <summary>Creates the builder.</summary>
    /// <param name="options">What the workload looks like.</param>
    /// <param name="grid">The model's grid of image tokens.</param>
    /// <exception cref="ArgumentException">Options are out of range, the message lists all faults, or images of a size cannot be cut into the model's tokens.</exception>
    public WorkloadBuilder(WorkloadOptions options, TokenGrid grid)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _population = new RequestPopulation(options, grid);
    }

    /// <summary>Draws all requests, in order of arrival, numbered from 0.</summary>
    /// <param name="runSeed">The run's seed: the same seed gives the same requests.</param>
    /// <exception cref="InvalidOperationException">It is a closed loop: its arrivals depend on when answers come.</exception>
    public Request[] Build(long runSeed)
    {
        if (_options.ClosedLoop is not null)
        {
            throw new InvalidOperationException("The requests of a closed loop cannot be listed before a run: they depend on its answers. Stream them.");
        }

        var source = Stream(runSeed);
        var requests = new Request[_options.Requests];
        for (var number = 0; number < requests.Length; number++)
        {
            source.TryNext(out requests[number]);
        }

        return requests;
    }

    /// <summary>Draws requests one by one, the same as <see cref="Build"/> gives, in memory that does not depend on their number.</summary>
    /// <param name="runSeed">As for <see cref="Build"/>.</param>
    /// <returns>A source for one run.</returns>
    public IRequestSource Stream(long runSeed) => _options.ClosedLoop is null
        ? new DrawnRequests(_options, _population, runSeed)
        : new ClosedLoopRequests(_options, _population, runSeed);
}
