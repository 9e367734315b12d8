using System.Collections.Concurrent;
using SimServe.Policies;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Serving;
using SimServe.Simulator.Fleets;

namespace SimServe.Simulator.Planning;

/// <summary>Runs a fleet through the real policies. The one place where planning meets the simulation.</summary>
/// <param name="question">The model, the policies and the hosts.</param>
internal sealed class FleetSimulator(CapacityQuestion question)
{
    private readonly ConcurrentBag<PlannerPool> _pools = [];
    private readonly SharedPlans _plans = new();

    private readonly PlanHosts _hosts = question.Hosts ?? new PlanHosts();

    // Workers are counted as busy from the first to the last request of the window. Plans are kept for later runs where
    // those will ask for the same cost models.
    public ReplicationRun Run(
        IReadOnlyList<FleetWorker> workers, Request[] requests, int seed, CountedWindow window, bool keepPlans, CancellationToken cancellation)
    {
        var pool = keepPlans && _pools.TryTake(out var used) ? used : new PlannerPool(keepPlans ? _plans : null);
        var watch = new FleetWatch(requests.Length, workers.Count, requests[window.Start].ArrivesAt, requests[window.End - 1].ArrivesAt);
        new Simulation
        {
            Model = question.Model,
            Fleet = new SimulatedFleet { Workers = workers, Host = _hosts.Host },
            Policies = question.Policies with { Seed = seed },
            WarmTemplates = _hosts.WarmTemplates,
            TemplateSteps = requests[0].Steps,
            Planners = pool,
        }.Stream(new ListedRequests(requests), watch, cancellation);
        if (keepPlans)
        {
            _pools.Add(pool);
        }

        return watch.Close();
    }
}
