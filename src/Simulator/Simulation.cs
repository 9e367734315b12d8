using SimServe.Policies;
using SimServe.Policies.Caches;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Serving;
using SimServe.Simulator.Devices;
using SimServe.Simulator.Engine;
using SimServe.Simulator.Fleets;

namespace SimServe.Simulator;

/// <summary>A run in virtual time: the serving loop over simulated devices.</summary>
public sealed record Simulation
{
    /// <summary>The model that is served.</summary>
    public required ModelShape Model { get; init; }

    /// <summary>The machines.</summary>
    public required SimulatedFleet Fleet { get; init; }

    /// <summary>The policies.</summary>
    public required PolicyOptions Policies { get; init; }

    /// <summary>The requests in order of arrival, for <see cref="Run"/>.</summary>
    /// <value>None.</value>
    public IReadOnlyList<Request> Requests { get; init; } = [];

    /// <summary>Denoising steps with which a template's cache is recorded, at least 1.</summary>
    /// <value><c>null</c>: those of the first of <see cref="Requests"/>.</value>
    public int? TemplateSteps { get; init; }

    /// <summary>Whether templates are in host memory when the run starts.</summary>
    /// <value><c>true</c>.</value>
    public bool WarmTemplates { get; init; } = true;

    /// <summary>One event per change of membership instead of one per step.</summary>
    /// <value><c>true</c>.</value>
    public bool CoalesceSteps { get; init; } = true;

    /// <summary>What goes wrong on purpose.</summary>
    /// <value>Nothing does.</value>
    public IReadOnlyList<Fault> Faults { get; init; } = [];

    /// <summary>When the run is cut off.</summary>
    /// <value><c>null</c>: when every request has ended.</value>
    public Instant? CutOff { get; init; }

    /// <summary>Receives all that the loop learns, for a replay.</summary>
    /// <value><c>null</c>: nothing is recorded.</value>
    public RunRecording? Recording { get; init; }

    /// <summary>Planners of earlier runs on this thread.</summary>
    /// <value><c>null</c>: the run works out its own plans. Results do not depend on it.</value>
    public PlannerPool? Planners { get; init; }

    /// <summary>Runs until every request has ended and keeps all that happened.</summary>
    /// <param name="observer">Watches the run, or <c>null</c>.</param>
    /// <param name="cancellation">Ends the run between two events with <see cref="OperationCanceledException"/>.</param>
    /// <returns>All that happened, and the number of events it took.</returns>
    /// <exception cref="ArgumentException">A policy is unknown, the requests are not in order, or devices have room for a part of a template.</exception>
    /// <exception cref="InvalidOperationException">The run came to a stop with requests unfinished: a policy lets them wait forever.</exception>
    public SimulationResult Run(IRunObserver? observer = null, CancellationToken cancellation = default)
    {
        var collector = new RunCollector();
        var streamed = Stream(
            new ListedRequests(Requests), observer is null ? collector : new RunObservers(collector, observer), cancellation);
        return new SimulationResult(collector.Close(streamed.End), streamed.Events) { Caches = streamed.Caches };
    }

    /// <summary>Runs until every request has ended and keeps nothing: what happens is told to the observer.</summary>
    /// <param name="source">Where the requests come from; <see cref="Requests"/> is not used.</param>
    /// <param name="observer">Watches the run, or <c>null</c>.</param>
    /// <param name="cancellation">Ends the run between two events with <see cref="OperationCanceledException"/>.</param>
    /// <returns>How the run ended, and the number of events it took.</returns>
    /// <remarks>Memory is bounded by the requests in flight, and nothing is allocated per event in steady state.</remarks>
    /// <exception cref="ArgumentException">A policy is unknown, the requests are not in order, or devices have room for a part of a template.</exception>
    /// <exception cref="InvalidOperationException">The run came to a stop with requests unfinished: a policy lets them wait forever.</exception>
    public StreamedResult Stream(IRequestSource source, IRunObserver? observer = null, CancellationToken cancellation = default)
    {
        var calendar = new EventCalendar();
        var costs = Fleet.Workers.Select(static worker => worker.Costs).ToArray();
        var setup = PolicyCatalogue.CreateSetup(Policies, Model, costs, Planners) with { CutOff = CutOff, Notices = Fault.Notices(Faults) };
        var machines = new SimulatedMachines(this, calendar);
        var run = ServingLoop.Create(setup, new VirtualClock(calendar), machines.Devices, observer, Recording, machines.ControlNets).Run(source);
        while (!run.IsCompleted && calendar.HandleNext())
        {
            cancellation.ThrowIfCancellationRequested();
        }

        if (!run.IsCompleted)
        {
            throw new InvalidOperationException(
                $"The run stopped at {calendar.Now} with nothing left to happen and requests unfinished: a policy lets them wait forever.");
        }

#pragma warning disable CA1849 // It is completed: the calendar ran on this very thread.
        return new StreamedResult(run.GetAwaiter().GetResult(), calendar.Handled) { Caches = machines.CacheUse() };
#pragma warning restore CA1849
    }
}

/// <summary>A finished simulation of which only the end is kept.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Events">Events handled.</param>
public sealed record StreamedResult(RunEnd End, long Events)
{
    /// <summary>What happened to templates' caches, or <c>null</c> where hosts alone keep them, and without a bound.</summary>
    public TemplateCacheUse? Caches { get; init; }
}

/// <summary>A finished simulation.</summary>
/// <param name="Serving">All that happened.</param>
/// <param name="Events">Events handled.</param>
public sealed record SimulationResult(ServingResult Serving, long Events)
{
    /// <summary>What happened to templates' caches, or <c>null</c> where hosts alone keep them, and without a bound.</summary>
    public TemplateCacheUse? Caches { get; init; }
}
