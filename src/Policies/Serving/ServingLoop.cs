using System.Runtime.ExceptionServices;
using SimServe.Policies.AddOns;
using SimServe.Policies.Admission;
using SimServe.Policies.Routing;

namespace SimServe.Policies.Serving;

/// <summary>
/// The serving loop, once for both worlds: admission, a router, a queue and a batch per worker, joins and departures at step boundaries.
/// </summary>
/// <remarks>
/// Single-threaded: the clock and the devices resume it on one thread, which is the event calendar's in virtual time and a dedicated
/// thread's on real devices. It gathers what a policy may see, asks it, and tells devices what to do; it holds no policy of its own
/// beyond this: a request that was only waiting when its device failed is routed again. A request in service is a coroutine that
/// serves one request after the other, so that in steady state a run allocates nothing.
/// </remarks>
public sealed class ServingLoop : IWorkerHome
{
    private readonly IClock _clock;
    private readonly ServingSetup _setup;
    private readonly IReadOnlyList<IDevice> _devices;
    private readonly IRunObserver? _observer;
    private readonly AddOnServing _addOns;
    private readonly Completion<bool> _bell = new();
    private readonly Stack<Course> _free = new();
    private readonly List<Course> _courses = [];
    private readonly Queue<(Course Course, long Place)> _gateway = new();
    private readonly Stack<Patience> _freePatience = new();
    private readonly List<DeviceFault> _faults = [];
    private readonly ServingFleet _fleet = new();
    private readonly StaleFleet? _stale;
    private IRequestSource _source = new ListedRequests([]);
    private Worker[] _workers = [];
    private FleetScaler? _scaler;
    private ExceptionDispatchInfo? _error;
    private Instant _last;
    private long _arrived;
    private long _gatewayPlaces;
    private int _atGateway;
    private int _alive;
    private int _closed;
    private bool _ended;

    /// <summary>Creates a loop for one run.</summary>
    /// <param name="setup">The policies; one batching policy and one planner per device.</param>
    /// <param name="clock">The run's clock.</param>
    /// <param name="devices">The workers' devices, at least one.</param>
    /// <param name="observer">Watches the run, or <c>null</c>.</param>
    /// <param name="controlNets">Devices that run ControlNets for the workers; <c>null</c> for none.</param>
    /// <exception cref="ArgumentException">There is no device, or the policies do not match the devices.</exception>
    public ServingLoop(ServingSetup setup, IClock clock, IReadOnlyList<IDevice> devices, IRunObserver? observer = null, IReadOnlyList<IControlNetService>? controlNets = null)
    {
        ArgumentNullException.ThrowIfNull(setup);
        if (devices.Count == 0 || setup.Batching.Count != devices.Count || setup.Planners.Count != devices.Count)
        {
            throw new ArgumentException(
                $"A run needs at least one device and one batching policy and planner for each; there are {devices.Count} devices, "
                + $"{setup.Batching.Count} batching policies and {setup.Planners.Count} planners.");
        }

        (_setup, _clock, _devices, _observer) = (setup, clock, devices, observer);
        _addOns = new AddOnServing(setup, controlNets ?? [], devices.Count);
        _stale = setup.RouterStaleness > TimeSpan.Zero ? new StaleFleet() : null;
    }

    /// <summary>Creates a loop that writes down what it learns, where somebody asks for it.</summary>
    /// <param name="setup">The policies; one batching policy and one planner per device.</param>
    /// <param name="clock">The run's clock.</param>
    /// <param name="devices">The workers' devices, at least one.</param>
    /// <param name="observer">Watches the run, or <c>null</c>.</param>
    /// <param name="recording">Receives every answer of the clock and the devices, or <c>null</c>.</param>
    /// <param name="controlNets">Devices that run ControlNets for the workers; <c>null</c> for none.</param>
    public static ServingLoop Create(
        ServingSetup setup, IClock clock, IReadOnlyList<IDevice> devices, IRunObserver? observer, RunRecording? recording, IReadOnlyList<IControlNetService>? controlNets = null) => recording is null
        ? new ServingLoop(setup, clock, devices, observer, controlNets)
        : new ServingLoop(
            setup,
            new RecordedClock(clock, recording),
            [.. devices.Select((device, worker) => new RecordedDevice(device, worker, clock, recording))],
            observer,
            controlNets is null ? null : [.. controlNets.Select((device, number) => new RecordedControlNets(device, RecordedControlNets.NumberOf(number), clock, recording))]);

    IRunObserver? IWorkerHome.Observer => _observer;

    /// <summary>Serves requests until every one of them has ended, or the run is cut off. Call once.</summary>
    /// <param name="source">Where they come from.</param>
    /// <returns>How the run ended; what happened in it was told to the observer.</returns>
    /// <exception cref="ArgumentException">The requests are not in order of arrival.</exception>
    public async Pending<RunEnd> Run(IRequestSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
        StartWorkers();
        StartTimers();
        var course = FreeCourse();
        while (!_ended && course.TryTakeNext(source))
        {
            var arrival = course.Request.ArrivesAt;
            if (arrival < _last)
            {
                throw new ArgumentException(
                    $"Requests must be in order of arrival: {course.Request.Id} arrives before the one that came before it.");
            }

            _last = arrival;
            await _clock.Until(arrival);
            _error?.Throw();
            if (!_ended)
            {
                Serve(course);
                course = FreeCourse();
            }
        }

        // What failed when nobody awaited the bell is found here.
        _error?.Throw();
        while (_alive > 0 && !_ended)
        {
            await _bell.Pending;
            _error?.Throw();
        }

        var end = new RunEnd(_clock.Now, _arrived, _faults);
        if (_ended)
        {
            EndWhatIsUnderWay();
        }
        else
        {
            _ended = true;
            await CloseWorkers();
        }

        _error?.Throw();
        return end;
    }

    void IWorkerHome.LoadChanged(Worker worker)
    {
        if (worker.Place >= 0)
        {
            _fleet.Changed(worker.Place);
        }

        worker.CheckDrained();
    }

    void IWorkerHome.Failed(Worker worker, string fault)
    {
        _faults.Add(new DeviceFault(worker.Device.Name, fault, _clock.Now));
        Change(worker, WorkerState.Failed);
    }

    void IWorkerHome.Drained(Worker worker) => Change(worker, WorkerState.Off);

    // The one place where a worker's state changes.
    private void Change(Worker worker, WorkerState state)
    {
        if (worker.State == state)
        {
            return;
        }

        var showed = worker.State == WorkerState.Ready || state == WorkerState.Ready;
        worker.State = state;
        _observer?.WorkerChanged(worker.Id, state, _clock.Now);
        if (showed)
        {
            ShowFleet();
        }

        if (state == WorkerState.Ready || !CanTakeRequests())
        {
            OpenGateway();
        }

        worker.CheckDrained();
    }

    private void StartWorkers()
    {
        _workers = new Worker[_devices.Count];
        for (var i = 0; i < _devices.Count; i++)
        {
            _workers[i] = new Worker(
                new WorkerId(i), _devices[i], _clock, _setup.Batching[i], _setup.Ordering, _setup.Planners[i], _addOns, _setup.LoraOvertaking, this);
        }

        _scaler = _setup.Scaling is { } scaling
            ? new FleetScaler(
                scaling,
                _setup.ScalingOptions,
                _workers,
                _clock,
                worker => _ = Guard(Start(worker)),
                worker => Change(worker, WorkerState.Draining),
                worker => Change(worker, WorkerState.Ready))
            : null;
        var on = _scaler?.Initial ?? _workers.Length;
        for (var i = 0; i < on; i++)
        {
            _workers[i].State = WorkerState.Ready;
            _observer?.WorkerChanged(_workers[i].Id, WorkerState.Ready, _clock.Now);
        }

        ShowFleet();
        foreach (var worker in _workers)
        {
            _ = Guard(Denoise(worker));
        }
    }

    private void StartTimers()
    {
        if (_scaler is not null)
        {
            _ = Guard(Scale(_scaler));
        }

        if (_stale is not null)
        {
            _ = Guard(RefreshStale(_stale));
        }

        foreach (var (worker, due) in _setup.Notices)
        {
            _ = Guard(Notice(_workers[worker], due));
        }

        if (_setup.CutOff is { } cutOff)
        {
            _ = Guard(CutOff(cutOff));
        }
    }

    private async Pending Denoise(Worker worker)
    {
        await worker.Denoise();
        _closed++;
        Ring();
    }

    private async Pending Start(Worker worker)
    {
        Change(worker, WorkerState.Provisioning);
        await _clock.Until(_clock.Now + _setup.ScalingOptions.Provisioning);
        Change(worker, WorkerState.Loading);
        await _clock.Until(_clock.Now + _setup.ScalingOptions.ModelLoad);
        var loaded = await worker.Device.LoadModel();
        if (loaded.Fault is { } fault)
        {
            worker.Fail(fault);
        }

        if (worker.State == WorkerState.Loading)
        {
            Change(worker, WorkerState.Ready);
        }
    }

    private async Pending Scale(FleetScaler scaler)
    {
        while (!_ended)
        {
            await _clock.Until(_clock.Now + _setup.ScalingOptions.Interval);
            if (!_ended)
            {
                scaler.Decide(_arrived, _atGateway);
            }
        }
    }

    private async Pending RefreshStale(StaleFleet stale)
    {
        while (!_ended)
        {
            await _clock.Until(_clock.Now + _setup.RouterStaleness);
            stale.Refresh();
        }
    }

    private async Pending Notice(Worker worker, Instant due)
    {
        await _clock.Until(due);
        if (!_ended && worker.State == WorkerState.Ready)
        {
            Change(worker, WorkerState.Draining);
            worker.Evict();
        }
    }

    private async Pending CutOff(Instant due)
    {
        await _clock.Until(due);
        _ended = true;
        Ring();
    }

    // The next request is read into the course that will serve it: it is a large value, and copying one costs.
    private Course FreeCourse()
    {
        if (!_free.TryPop(out var course))
        {
            course = new Course();
            _courses.Add(course);
            _ = Guard(Live(course));
        }

        return course;
    }

    private void Serve(Course course)
    {
        _alive++;
        Arrive(course);
        course.Begins.Complete(false);
    }

    private void Arrive(Course course)
    {
        course.Arrive(_clock.Now, _setup.ApproximateCache?.SkippedSteps(course.Request) ?? 0);
        _arrived++;
        _observer?.Arrived(course.Request);
        if (course.Request.CancelsAt is { } due && !course.HasGivenUp)
        {
            WaitForPatience(course, due);
        }
    }

    private void WaitForPatience(Course course, Instant due)
    {
        if (!_freePatience.TryPop(out var patience))
        {
            patience = new Patience();
            _ = Guard(GiveUpInTime(patience));
        }

        (patience.Course, patience.Request, patience.EndsAt) = (course, course.Request.Id, due);
        patience.Begins.Complete(true);
    }

    // Looks after the patience of one request after the other.
    private async Pending GiveUpInTime(Patience patience)
    {
        while (true)
        {
            await patience.Begins.Pending;
            await _clock.Until(patience.EndsAt);
            if (!_ended && patience.Course is { IsServing: true } course && course.Request.Id == patience.Request)
            {
                GiveUp(course);
            }

            _freePatience.Push(patience);
        }
    }

    private void GiveUp(Course course)
    {
        course.HasGivenUp = true;
        if (course.GatewayPlace is not null)
        {
            LeaveGateway(course);
        }
        else if (course.Worker is { } worker && worker.GiveUp(course))
        {
            EndBeforePrepared(course);
        }
    }

    // What its device prepares cannot be called back: its course stays with that, and a user who comes back gets another one.
    private void EndBeforePrepared(Course course)
    {
        var record = course.End(RequestOutcome.Cancelled, null, _clock.Now);
        _observer?.Finished(record);
        var next = FreeCourse();
        if (next.TryTakeFollowing(_source, record))
        {
            next.Begins.Complete(true);
        }
        else
        {
            _free.Push(next);
            _alive--;
            Ring();
        }
    }

    // Serves one request after the other; a user who comes back is served by the same course.
    private async Pending Live(Course course)
    {
        while (true)
        {
            var comesLater = await course.Begins.Pending;
            var isTold = false;
            while (true)
            {
                if (comesLater)
                {
                    await _clock.Until(course.Request.ArrivesAt);
                    if (_ended)
                    {
                        break;
                    }

                    Arrive(course);
                }

                // Written out, not called: an async call would allocate for every request.
                var (outcome, failure) = Admit(course);
                while (outcome is null)
                {
                    if (course.HasGivenUp)
                    {
                        outcome = RequestOutcome.Cancelled;
                        continue;
                    }

                    if (Route(course) is not { } worker)
                    {
                        if (!CanTakeRequests())
                        {
                            (outcome, failure) = (RequestOutcome.Failed, "no healthy device was left to serve it");
                            continue;
                        }

                        EnterGateway(course);
                        await course.Gateway.Pending;
                        continue;
                    }

                    var encoded = await worker.Enter(course);
                    if (course.NeedsSimilar && course.IsServing && _setup.ApproximateCache is { } cache && cache.Retrieval > TimeSpan.Zero)
                    {
                        // It is looked for with the encoded prompt.
                        await _clock.Until(_clock.Now + cache.Retrieval);
                    }

                    if (!course.IsServing)
                    {
                        worker.Abandoned(course, encoded);
                        isTold = true;
                        break;
                    }

                    var departure = worker.Prepared(course, encoded) ?? await course.Leaving.Pending;
                    if (departure.Kind == DepartureKind.Denoised)
                    {
                        var decoded = await worker.Deliver(course);
                        worker.Delivered(decoded);
                        departure = Delivered(worker, decoded);
                    }

                    (outcome, failure) = After(course, departure);
                }

                if (isTold || !Finish(course, outcome!.Value, failure))
                {
                    break;
                }

                comesLater = true;
            }

            _free.Push(course);
            if (!isTold)
            {
                _alive--;
                Ring();
            }
        }
    }

    private (RequestOutcome? Outcome, string? Failure) Admit(Course course) => course.HasGivenUp ? (RequestOutcome.Cancelled, null) : _setup.Admission.Decide(course.Request, _fleet, _clock.Now) switch
    {
        AdmissionDecision.Admit => (null, null),
        AdmissionDecision.Reject => (RequestOutcome.Rejected, "too many requests"),
        AdmissionDecision.Shed => (RequestOutcome.Shed, "it would have ended after its deadline"),
        var other => throw new InvalidOperationException($"Admission answered {other}, which nobody knows."),
    };

    private Worker? Route(Course course)
    {
        if (_fleet.Count == 0)
        {
            return null;
        }

        var (view, now) = ((FleetView?)_stale ?? _fleet, _clock.Now);
        var chosen = _setup.Routing.Choose(course.Request, view, now);
        _observer?.Routed(course.Request, view, chosen, now);
        course.RoutedAt = now;
        course.Attempts++;
        return _fleet.At(chosen);
    }

    private static Departure Delivered(Worker worker, in DeviceReport decoded) => decoded switch
    {
        { Fault: { } fault } => new Departure(DepartureKind.Interrupted, worker.FailureOf(fault)),
        { Refusal: { } refusal } => new Departure(DepartureKind.Refused, refusal),
        _ => new Departure(DepartureKind.Denoised, null),
    };

    private (RequestOutcome? Outcome, string? Failure) After(Course course, in Departure departure)
    {
        switch (departure.Kind)
        {
            case DepartureKind.Denoised:
                return (RequestOutcome.Completed, null);
            case DepartureKind.Refused:
                return (RequestOutcome.Failed, departure.Reason);
            case DepartureKind.Cancelled:
                return (RequestOutcome.Cancelled, null);
            case DepartureKind.Displaced:
                course.StartAgain(course.StepsDone);
                return (null, null);
            case DepartureKind.Interrupted when course.HasGivenUp:
                return (RequestOutcome.Cancelled, null);
            default:
                // Latents of a request that was being decoded are lost like the others: its checkpoint lies before the last step.
                var decision = _setup.Recovery.Decide(course.Request, Math.Min(course.StepsDone, course.Request.Steps - 1), course.Attempts);
                if (!decision.Retries)
                {
                    return (RequestOutcome.Failed, departure.Reason);
                }

                course.StartAgain(decision.FromStep);
                return (null, null);
        }
    }

    // Returns whether its user comes back.
    private bool Finish(Course course, RequestOutcome outcome, string? failure)
    {
        if (outcome == RequestOutcome.Cancelled)
        {
            course.Worker?.Device.Forget(course.Request);
        }

        var record = course.End(outcome, failure, _clock.Now);
        _observer?.Finished(record);
        return course.TryTakeFollowing(_source, record);
    }

    private void ShowFleet()
    {
        var available = Array.FindAll(_workers, static worker => worker.State == WorkerState.Ready);
        _fleet.Show(available);
        _stale?.Show(available);
    }

    private bool CanTakeRequests()
    {
        foreach (var worker in _workers)
        {
            if (worker.State is WorkerState.Ready or WorkerState.Provisioning or WorkerState.Loading
                || (worker.State is WorkerState.Off or WorkerState.Draining && _scaler is not null && !worker.IsTakenAway))
            {
                return true;
            }
        }

        return false;
    }

    // In order of arrival at the gateway; who finds no worker again comes back to it.
    private void OpenGateway()
    {
        for (var waiting = _gateway.Count; waiting > 0; waiting--)
        {
            var (course, place) = _gateway.Dequeue();
            if (course.GatewayPlace == place)
            {
                LeaveGateway(course);
            }
        }
    }

    private void EnterGateway(Course course)
    {
        course.GatewayPlace = _gatewayPlaces;
        _gateway.Enqueue((course, _gatewayPlaces++));
        _atGateway++;
    }

    private void LeaveGateway(Course course)
    {
        course.GatewayPlace = null;
        _atGateway--;
        course.Gateway.Complete(true);
    }

    private void EndWhatIsUnderWay()
    {
        foreach (var course in _courses)
        {
            if (course.IsServing)
            {
                var outcome = course.JoinedAt is null ? RequestOutcome.QueuedAtEnd : RequestOutcome.RunningAtEnd;
                _observer?.Finished(course.End(outcome, null, _clock.Now));
            }
        }
    }

    private async Pending CloseWorkers()
    {
        foreach (var worker in _workers)
        {
            worker.Close();
        }

        while (_closed < _workers.Length)
        {
            await _bell.Pending;
            _error?.Throw();
        }
    }

    // Nobody awaits a request's or a worker's own course: an exception in one must end the run, not vanish.
    private async Pending Guard(Pending course)
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

    private void Ring()
    {
        if (_bell.IsAwaited)
        {
            _bell.Complete(true);
        }
    }
}
