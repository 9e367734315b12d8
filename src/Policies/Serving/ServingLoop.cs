using System.Runtime.ExceptionServices;
using SimServe.Policies.Routing;

namespace SimServe.Policies.Serving;

/// <summary>
/// The serving loop, once for both worlds: a router, a queue and a batch per worker, joins and departures at step boundaries.
/// </summary>
/// <remarks>
/// Single-threaded: the clock and the devices resume it on one thread, which is the event calendar's in virtual time and a dedicated
/// thread's on real devices. It gathers what a policy may see, asks it, and tells devices what to do; it holds no policy of its own
/// beyond this: a request whose device fails while it is in the batch fails with it, one that was only waiting is routed again.
/// </remarks>
public sealed class ServingLoop
{
    private readonly IClock _clock;
    private readonly ServingSetup _setup;
    private readonly IReadOnlyList<IDevice> _devices;
    private readonly IRunObserver? _observer;
    private readonly CompletionPool<bool> _bells = new();
    private readonly List<Worker> _workers = [];
    private RunBook _book = new(0, null);
    private Completion<bool>? _bell;
    private ExceptionDispatchInfo? _error;
    private IWorkerView[] _healthy = [];
    private int _closed;

    /// <summary>Creates a loop for one run.</summary>
    /// <param name="setup">The policies; one batching policy and one planner per device.</param>
    /// <param name="clock">The run's clock.</param>
    /// <param name="devices">The workers' devices, at least one.</param>
    /// <param name="observer">Watches the run, or <c>null</c>.</param>
    /// <exception cref="ArgumentException">There is no device, or the policies do not match the devices.</exception>
    public ServingLoop(ServingSetup setup, IClock clock, IReadOnlyList<IDevice> devices, IRunObserver? observer = null)
    {
        ArgumentNullException.ThrowIfNull(setup);
        if (devices.Count == 0 || setup.Batching.Count != devices.Count || setup.Planners.Count != devices.Count)
        {
            throw new ArgumentException(
                $"A run needs at least one device and one batching policy and planner for each; there are {devices.Count} devices, "
                + $"{setup.Batching.Count} batching policies and {setup.Planners.Count} planners.");
        }

        (_setup, _clock, _devices, _observer) = (setup, clock, devices, observer);
    }

    /// <summary>Serves requests until every one of them has ended. Call once.</summary>
    /// <param name="requests">In order of arrival.</param>
    /// <returns>All that happened.</returns>
    /// <exception cref="ArgumentException">The requests are not in order of arrival.</exception>
    public async ValueTask<ServingResult> Run(IReadOnlyList<Request> requests)
    {
        _book = new RunBook(requests.Count, _observer);
        StartWorkers();
        for (var i = 0; i < requests.Count; i++)
        {
            if (i > 0 && requests[i].ArrivesAt < requests[i - 1].ArrivesAt)
            {
                throw new ArgumentException($"Requests must be in order of arrival: {requests[i].Id} arrives before {requests[i - 1].Id}.");
            }

            await _clock.Until(requests[i].ArrivesAt);
            _error?.Throw();
            _ = Guard(Serve(i, requests[i]));
        }

        while (_book.Finished < requests.Count)
        {
            await NextRing();
        }

        var ended = _clock.Now;
        await CloseWorkers();
        _error?.Throw();
        return _book.Close(ended);
    }

    private void StartWorkers()
    {
        for (var i = 0; i < _devices.Count; i++)
        {
            var worker = new Worker(new WorkerId(i), _devices[i], _clock, _setup.Batching[i], _setup.Planners[i], _book);
            _workers.Add(worker);
            _ = Guard(Denoise(worker));
        }

        _healthy = [.. _workers];
    }

    private async ValueTask Denoise(Worker worker)
    {
        await worker.Denoise();
        _closed++;
        Ring();
    }

    private async ValueTask Serve(int index, Request request)
    {
        var ticket = new Ticket(request, _clock.Now);
        while (true)
        {
            var worker = Route(request);
            if (worker is null)
            {
                Finish(index, ticket, null, RequestOutcome.Failed, "no healthy device was left to serve it");
                return;
            }

            var departure = await worker.Serve(ticket);
            switch (departure.Kind)
            {
                case DepartureKind.Displaced:
                    continue;
                case DepartureKind.Failed:
                    Finish(index, ticket, worker, RequestOutcome.Failed, departure.Reason);
                    return;
                default:
                    var failure = await worker.Deliver(request.Id);
                    Finish(index, ticket, worker, failure is null ? RequestOutcome.Completed : RequestOutcome.Failed, failure);
                    return;
            }
        }
    }

    private Worker? Route(Request request)
    {
        if (Array.Exists(_healthy, static view => ((Worker)view).Fault is not null))
        {
            _healthy = [.. _workers.Where(static candidate => candidate.Fault is null)];
        }

        if (_healthy.Length == 0)
        {
            return null;
        }

        foreach (var view in _healthy)
        {
            ((Worker)view).Observe();
        }

        var chosen = _setup.Routing.Choose(request, _healthy, _clock.Now);
        _observer?.Routed(request, _healthy, chosen, _clock.Now);
        return (Worker)_healthy[chosen];
    }

    private void Finish(int index, Ticket ticket, Worker? worker, RequestOutcome outcome, string? failure)
    {
        _book.Finish(index, new RequestRecord
        {
            Request = ticket.Request,
            Worker = worker?.Id,
            ArrivedAt = ticket.ArrivedAt,
            StartedAt = ticket.StartedAt,
            DenoisedAt = ticket.DenoisedAt,
            FinishedAt = _clock.Now,
            Outcome = outcome,
            Failure = failure,
        });
        Ring();
    }

    private async ValueTask CloseWorkers()
    {
        foreach (var worker in _workers)
        {
            worker.Close();
        }

        while (_closed < _workers.Count)
        {
            await NextRing();
        }
    }

    // Nobody awaits a request's or a worker's own course: an exception in one must end the run, not vanish.
    private async ValueTask Guard(ValueTask course)
    {
#pragma warning disable CA1031 // Whatever it is, Run rethrows it.
        try
        {
            await course;
        }
        catch (Exception error)
        {
            _error ??= ExceptionDispatchInfo.Capture(error);
            Ring();
        }
#pragma warning restore CA1031
    }

    private async ValueTask NextRing()
    {
        _error?.Throw();
        _bell = _bells.Rent();
        await _bell.Task;
        _error?.Throw();
    }

    private void Ring()
    {
        if (_bell is { } bell)
        {
            _bell = null;
            bell.Complete(true);
        }
    }
}
