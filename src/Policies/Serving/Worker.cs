using System.Runtime.InteropServices;
using SimServe.Policies.Batching;
using SimServe.Policies.Costs;
using SimServe.Policies.Ordering;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Routing;

namespace SimServe.Policies.Serving;

// One device with its queue and its batch: joins and departures happen at step boundaries.
internal sealed partial class Worker : IWorkerView, IBatchView
{
    private readonly IClock _clock;
    private readonly IBatchingPolicy _batching;
    private readonly StepPlanner _planner;
    private readonly AddOnServing _addOns;
    private readonly IWorkerHome _home;
    private readonly StepBoundary _boundary = new();
    private readonly Completion<bool> _idle = new();
    private readonly StepPlan _plan = new();
    private readonly List<Course> _running = [];
    private readonly List<Course> _preparing = [];
    private readonly List<Course> _leaving = [];
    private readonly List<RequestId> _joining = [];
    private readonly Queue<Course> _errands = new();
    private readonly WaitingQueue _ready;
    private long[]? _versions;
    private Instant? _wakeAt;
    private Instant _asked;
    private int? _stepsBegun;
    private TimeSpan _busy;
    private Instant? _busySince;
    private int _lackFrom;

    // While it is occupied and takes no steps.
    private (StallCause Cause, Instant Since)? _stall;
    private bool _closing;
    private bool _woken;

    public Worker(
        WorkerId id,
        IDevice device,
        IClock clock,
        IBatchingPolicy batching,
        IOrderingPolicy ordering,
        StepPlanner planner,
        AddOnServing addOns,
        int loraOvertaking,
        IWorkerHome home)
    {
        Id = id;
        Device = device;
        _clock = clock;
        _batching = batching;
        _planner = planner;
        _addOns = addOns;
        _home = home;
        _ready = new WaitingQueue(ordering, addOns.Loras.Merges, loraOvertaking);
    }

    public WorkerId Id { get; }

    public IDevice Device { get; }

    public WorkerState State { get; set; } = WorkerState.Off;

    // Its index among the workers that take requests, or -1.
    public int Place { get; private set; } = -1;

    public StaleWorker? Stale { get; set; }

    public string? Fault { get; private set; }

    public int Running => _running.Count;

    public int Waiting => _ready.Count + _preparing.Count;

    public int Load => _running.Count + _ready.Count + _preparing.Count;

    // Requests that are being decoded: a worker that drains waits for them too.
    public int Delivering { get; private set; }

    public long MaskedTokens { get; private set; }

    public long Version { get; private set; } = 1;

    // The fleet reads its workers' versions in one place.
    public void PutUp(long[] versions, int place)
    {
        (_versions, Place) = (versions, place);
        _versions[place] = Version;
    }

    public void TakeDown() => (_versions, Place) = (null, -1);

    public Instant AsOf { get; private set; }

    // Time in which it denoised, up to the present.
    public TimeSpan BusyTime => _busy + (_busySince is { } since ? _clock.Now - since : TimeSpan.Zero);

    // Its machine is about to go for good.
    public bool IsTakenAway { get; private set; }

    public OutstandingRequest Outstanding(int index)
    {
        if (index < _running.Count)
        {
            return Of(_running[index]);
        }

        index -= _running.Count;
        return Of(index < _ready.Count ? _ready[index] : _preparing[index - _ready.Count]);
    }

    Instant IBatchView.Boundary => Instant.Max(_asked, AsOf + new TimeSpan(StepsBegun * _plan.StepTime.Ticks));

    TimeSpan IBatchView.Delivery => Times.Decode;

    RunningRequest IBatchView.Member(int index)
    {
        var member = _running[index];
        return new RunningRequest(member.Request.Mask.MaskedTokens, member.Remaining - StepsBegun, member.Request.Class.Objective is { } objective ? member.ArrivedAt + objective : null);
    }

    TimeSpan IBatchView.StepTime(int members, int maskedTokens) => Times.StepTime(members, maskedTokens);

    // Steps under way that will have been taken when the batch can stop next.
    private int StepsBegun => _stepsBegun ??= _busySince is null ? 0 : (int)Math.Min(_plan.StepsToFirstFinish, ((_asked - AsOf).Ticks + _plan.StepTime.Ticks - 1) / _plan.StepTime.Ticks);

    // Of the batch's size of images, or of the size that it will have.
    private StepPlanner Times => _planner.For((_running.Count > 0 ? _running[0] : _ready[0]).Request.Mask.Grid);

    public bool Holds(TemplateId template) => Device.Holds(template);

    public bool KeepsTemplates => Device.KeepsTemplates;

    public bool IsResident(TemplateId template) => Device.IsResident(template);

    public TemplateDelay DelayOf(in Request request) => Device.DelayOf(request)
        ?? (Device.Holds(request.Template) ? default : new TemplateDelay(TimeSpan.Zero, _planner.For(request.Mask.Grid).Record(request.Steps)));

    public int MissingAdapters(AdapterSet adapters) => adapters.IsEmpty ? 0 : Device.MissingAdapters(adapters);

    // Prepares a request, lets it join, and returns when it leaves.
    public Pending<DeviceReport> Enter(Course course)
    {
        course.Worker = this;
        _preparing.Add(course);
        MaskedTokens += course.Request.Mask.MaskedTokens;
        LoadChanged();
        Device.Prefetch(course.Request);
        if (!course.Request.Adapters.IsEmpty)
        {
            BeginAddOns(course);
        }

        return _batching.PrePost == PrePostPlace.Beside ? Device.Encode(course.Request, course.StepsDone, PrePostPlace.Beside) : WaitForTurn(course);
    }

    // What follows the preparation: nothing when the request now waits for its place, or how it has left already.
    public Departure? Prepared(Course course, in DeviceReport encoded)
    {
        _preparing.Remove(course);
        if (encoded.Refusal is { } refusal)
        {
            Left(course);
            return new Departure(DepartureKind.Refused, refusal);
        }

        if (course.Refusal is { } reason)
        {
            Left(course);
            return new Departure(DepartureKind.Refused, reason);
        }

        if (encoded.Fault is { } fault)
        {
            Fail(fault);
        }

        if (State is not (WorkerState.Ready or WorkerState.Draining) || IsTakenAway)
        {
            Left(course);
            return new Departure(DepartureKind.Displaced, Fault);
        }

        course.ReadyAt = _clock.Now;
        _ready.Add(Show(course), course);
        NewVersion();
        OnReady();
        return null;
    }

    // The user of a request that is here gives up. It leaves at once, but for the step under way, if it is in one; who has taken the last step
    // stays and is delivered. Returns whether it was being prepared: nobody awaits its departure then, and its preparation goes on.
    public bool GiveUp(Course course)
    {
        if (course.DenoisedAt is not null)
        {
            return false;
        }

        if (course.ReadyAt is null)
        {
            _preparing.Remove(course);
            Left(course);
            return true;
        }

        SendOff(course, new Departure(DepartureKind.Cancelled, null));
        return false;
    }

    // Somebody who is ready leaves, for a reason of its own.
    private void SendOff(Course course, Departure departure)
    {
        if (course.JoinedAt is null)
        {
            _ready.Remove(course);
            Depart(course, departure);
        }
        else if (_busySince is null)
        {
            LeaveBetweenSteps(course);
            Depart(course, departure);
            GoOn();
        }
        else
        {
            _boundary.Ring();
        }
    }

    // A preparation has ended for which nobody waits any more.
    public void Abandoned(Course course, in DeviceReport encoded)
    {
        if (encoded.Fault is { } fault)
        {
            Fail(fault);
        }

        Device.Forget(course.Request);
    }

    // Turns a denoised request into its image.
    public Pending<DeviceReport> Deliver(Course course) =>
        _batching.PrePost == PrePostPlace.Beside ? Device.Decode(course.Request, PrePostPlace.Beside) : WaitForTurn(course);

    public void Delivered(in DeviceReport decoded)
    {
        Delivering--;
        if (decoded.Fault is { } fault)
        {
            Fail(fault);
        }

        CheckDrained();
    }

    // Runs until the loop closes the worker or its device fails.
    public async Pending Denoise()
    {
        while (Fault is null)
        {
            if (_errands.TryDequeue(out var errand))
            {
                if (errand.IsServing)
                {
                    var start = BeginStall(StallCause.PrePost);
                    Interrupted(errand, start, await Run(errand));
                }
                else
                {
                    // It has been cancelled while it waited for its turn.
                    errand.Served.Complete(DeviceReport.Done);
                }
            }
            else if (Admit())
            {
                // Written out here: a coroutine of its own would be allocated at every stall.
                while (Fault is null && Lacking(out var cause) is { } course)
                {
                    var (start, template) = (BeginStall(cause), course.Request.Template);
                    Staged(cause, start, await Device.Stage(course.Request, cause));
                    UnstageAfter(course, template);
                }
            }
            else if (_running.Count > 0)
            {
                switch (NextTurn(out var course, out var place, out var steps))
                {
                    case Turn.LoadControlNet:
                        var (begun, request, use) = (BeginStall(StallCause.Adapters), course!.Request.Id, course.Controls[place]);
                        Loaded(course, request, use, begun, await _addOns.HostOf(use, this).Load(use.ControlNet));
                        break;
                    case Turn.Merge:
                        Merged(BeginStall(StallCause.Adapters), await Device.Patch(_merging));
                        break;
                    case Turn.AwaitLoras:
                        if (!_hasNews)
                        {
                            var since = BeginStall(StallCause.Adapters);
                            await _loras.Pending;
                            Stall(StallCause.Adapters, since);
                        }

                        break;
                    default:
                        BeginSteps();
                        Stepped(await Device.Denoise(_plan, steps, _boundary));
                        break;
                }
            }
            else if (_closing)
            {
                return;
            }
            else if (_woken)
            {
                // The wake-up came between asking the policy and going to sleep.
                _woken = false;
            }
            else
            {
                await _idle.Pending;
            }
        }
    }

    // The batch stops for it at the next step boundary.
    private Pending<DeviceReport> WaitForTurn(Course course)
    {
        if (Fault is { } fault)
        {
            return new Pending<DeviceReport>(DeviceReport.Failed(fault));
        }

        _errands.Enqueue(course);
        if (_busySince is not null)
        {
            _boundary.Ring();
        }
        else if (_idle.IsAwaited)
        {
            Wake();
        }

        return course.Served.Pending;
    }

    // Who has taken its steps is decoded, anybody else prepared.
    private Pending<DeviceReport> Run(Course errand) => errand.DenoisedAt is null
        ? Device.Encode(errand.Request, errand.StepsDone, PrePostPlace.BetweenSteps)
        : Device.Decode(errand.Request, PrePostPlace.BetweenSteps);

    private void Interrupted(Course errand, Instant start, in DeviceReport report)
    {
        Stall(StallCause.PrePost, start);
        errand.Served.Complete(report);
    }

    public void Close()
    {
        _closing = true;
        Wake();
    }

    // Whoever has not joined the batch goes to another worker; the batch goes on until the device is taken away.
    public void Evict()
    {
        IsTakenAway = true;
        DisplaceWaiting("its worker is being taken away");
    }

    public void CheckDrained()
    {
        if (State == WorkerState.Draining && Load + Delivering == 0)
        {
            _home.Drained(this);
        }
    }

    public string FailureOf(string fault) => $"{Device.Name} failed: {fault}";

    private static OutstandingRequest Of(Course course) =>
        new(course.Request.Template, course.Request.Mask.MaskedTokens, course.Remaining, course.Request.Mask.Grid);

    private WaitingRequest Show(Course course) => new(
        course.Request.Id,
        course.ArrivedAt,
        _clock.Now,
        course.Request.Mask.MaskedTokens,
        course.Remaining,
        course.Request.Class,
        new TimeSpan(course.Remaining * _planner.For(course.Request.Mask.Grid).Ticks(1, course.Request.Mask.MaskedTokens)));

    private void NewVersion()
    {
        Version++;
        if (_versions is { } versions)
        {
            versions[Place] = Version;
        }
    }

    private void LoadChanged()
    {
        NewVersion();
        _home.LoadChanged(this);
    }

    private void Depart(Course course, Departure departure)
    {
        Left(course);
        course.Leaving.Complete(departure);

        // Another request may be the first now, and one that it kept out may have room.
        if (_ready.Count > 0 && Fault is null)
        {
            OnReady();
        }
    }

    private void LeaveBetweenSteps(Course course)
    {
        var place = _running.IndexOf(course);
        _running.RemoveAt(place);
        if (place < _lackFrom)
        {
            _lackFrom--;
            Device.Release(course.Request, isDenoised: false);
        }

        if (_stall is { } stall)
        {
            course.Stalled(stall.Cause, _clock.Now - stall.Since);
        }
    }

    private void Left(Course course)
    {
        MaskedTokens -= course.Request.Mask.MaskedTokens;
        if (course.Controls.Count > 0)
        {
            _addOns.Leave(course, this);
        }

        if (!course.Request.Adapters.IsEmpty)
        {
            FetchAhead();
        }

        LoadChanged();
    }

    private void OnReady()
    {
        if (_idle.IsAwaited)
        {
            Wake();
        }
        else
        {
            RingIfAnybodyJoins();
        }
    }

    private void RingIfAnybodyJoins()
    {
        if (!_boundary.Requested && Ask().Admitted > 0)
        {
            _boundary.Ring();
        }
    }

    private void Wake()
    {
        if (_idle.IsAwaited)
        {
            _idle.Complete(true);
        }
        else
        {
            _woken = true;
        }
    }

    // Requests that change the weights, or whose images have another size, cannot join others: the policy sees those that can.
    private BatchDecision Ask()
    {
        if (_ready.Count == 0)
        {
            return BatchDecision.Wait;
        }

        var compatible = _ready.Compatible(_running.Count > 0 ? _running[0] : null);
        if (compatible == 0)
        {
            return BatchDecision.Wait;
        }

        (_asked, _stepsBegun) = (_clock.Now, null);
        var decision = _batching.Decide(_ready.Requests[..compatible], this, _asked);
        if (decision.WakeAt is { } due && _wakeAt != due)
        {
            _wakeAt = due;
            _ = WakeLater(due);
        }

        return decision;
    }

    // Returns whether somebody lacks something.
    private bool Admit()
    {
        var decision = Ask();
        if (decision.Admitted == 0)
        {
            return false;
        }

        Join(decision.Admitted, _clock.Now);
        return Lacking(out _) is not null;
    }

    private void Join(int admitted, Instant now)
    {
        _lackFrom = _running.Count;
        for (var i = 0; i < admitted; i++)
        {
            var course = _ready[i];
            course.JoinedAt = now;
            _running.Add(course);
        }

        _ready.RemoveFirst(admitted);
        AsOf = now;
        NewVersion();
        if (_home.Observer is { } observer)
        {
            Tell(observer, now);
        }
    }

    private void Tell(IRunObserver observer, Instant now)
    {
        _joining.Clear();
        for (var i = _lackFrom; i < _running.Count; i++)
        {
            _joining.Add(_running[i].Request.Id);
        }

        observer.Admitted(Id, _lackFrom, CollectionsMarshal.AsSpan(_joining), now);
    }

    private async Pending WakeLater(Instant due)
    {
        await _clock.Until(due);
        if (_busySince is null)
        {
            Wake();
        }
        else
        {
            RingIfAnybodyJoins();
        }
    }

    private Course? Lacking(out StallCause cause)
    {
        cause = default;
        while (_lackFrom < _running.Count)
        {
            if (Device.Lacks(_running[_lackFrom].Request, out cause))
            {
                return _running[_lackFrom];
            }

            _lackFrom++;
        }

        return null;
    }

    // Whoever it was staged for may have been cancelled meanwhile.
    private void UnstageAfter(Course course, TemplateId template)
    {
        if (Fault is not null || _running.Contains(course))
        {
            return;
        }

        for (var i = _lackFrom; i < _running.Count; i++)
        {
            if (_running[i].Request.Template == template)
            {
                return;
            }
        }

        Device.Unstage(template);
    }

    private void Staged(StallCause cause, Instant start, in DeviceReport report)
    {
        Stall(cause, start);
        if (report.Fault is { } fault)
        {
            Fail(fault);
        }
    }

    private Instant BeginStall(StallCause cause)
    {
        var now = _clock.Now;
        _stall = (cause, now);
        return now;
    }

    private void Stall(StallCause cause, Instant start)
    {
        var end = _clock.Now;
        _stall = null;
        foreach (var member in _running)
        {
            member.Stalled(cause, end - start);
        }

        AsOf = end;
        NewVersion();
        _home.Observer?.Stalled(new WorkerStall(Id, cause, start, end, _running.Count));
    }

    private void BeginSteps()
    {
        var (members, tokens, resident, now) = (_plan.Refill(), 0, default(ResidentPart), _clock.Now);
        foreach (var course in _running)
        {
            var request = course.Request;
            members.Add(new StepMember(request.Id, request.Template, request.Mask.MaskedTokens, course.StepsDone, request.Steps)
            {
                Loras = course.HasLoras ? request.Adapters : null,
            });
            tokens += request.Mask.MaskedTokens;
            resident = Device.IsResident(request.Template) ? resident.And(request.Mask.MaskedTokens) : resident;
            course.StartedAt ??= now;
        }

        var planner = _planner.For(_running[0].Request.Mask.Grid);
        planner.Fill(_plan, members.Count, tokens, resident);
        _addOns.Fill(_plan, planner, _running);
        _boundary.Reset();
        AsOf = now;
        _busySince = now;
        NewVersion();
    }

    private void Stepped(in DeviceReport report)
    {
        var (start, end) = (_busySince!.Value, _clock.Now);
        _busySince = null;
        _busy += end - start;
        AsOf = end;
        NewVersion();
        Charge(end - start);
        _home.Observer?.Denoised(new BatchSegment(Id, start, end, _plan, report.Steps, report.BytesLoaded));
        foreach (var course in _running)
        {
            course.StepsDone += report.Steps;
        }

        if (report.Fault is { } fault)
        {
            Fail(fault);
            return;
        }

        if (report.ControlFault is { } lost)
        {
            PlaceAnew(lost);
        }

        LetGo(end);
    }

    // Shares add up to the time, to the tick. A device whose failure was heard of while it denoised has no batch any more.
    private void Charge(TimeSpan time)
    {
        if (_running.Count == 0)
        {
            return;
        }

        var (share, rest) = Math.DivRem(time.Ticks, _running.Count);
        for (var i = 0; i < _running.Count; i++)
        {
            _running[i].DeviceTime += new TimeSpan(share + (i < rest ? 1 : 0));
        }
    }

    private void LetGo(Instant now)
    {
        var kept = 0;
        for (var i = 0; i < _running.Count; i++)
        {
            var course = _running[i];
            if (course.Remaining == 0)
            {
                course.DenoisedAt = now;
                _leaving.Add(course);
            }
            else if (course.HasGivenUp || course.Refusal is not null)
            {
                _leaving.Add(course);
            }
            else
            {
                _running[kept++] = course;
            }
        }

        _running.RemoveRange(kept, _running.Count - kept);
        Depart(new Departure(DepartureKind.Denoised, null), _leaving.Count);
    }

    // The first of those that leave hold what they used on the device; the others had not been given it.
    private void Depart(Departure departure, int holding)
    {
        // Whoever leaves goes on at once and may come back to this worker: the list must not be in use then.
        for (var i = 0; i < _leaving.Count; i++)
        {
            var course = _leaving[i];
            if (i < holding)
            {
                Device.Release(course.Request, course.DenoisedAt is not null);
            }

            Delivering += DepartureOf(course, departure).Kind == DepartureKind.Denoised ? 1 : 0;
            Left(course);
        }

        var leaving = _leaving.Count;
        for (var i = 0; i < leaving; i++)
        {
            _leaving[i].Leaving.Complete(DepartureOf(_leaving[i], departure));
        }

        _leaving.RemoveRange(0, leaving);
    }

    // Who leaves a step boundary with steps still to take cannot go on, or has given up.
    private static Departure DepartureOf(Course course, in Departure departure) => departure.Kind != DepartureKind.Denoised || course.DenoisedAt is not null ? departure
        : course.Refusal is { } refusal ? new Departure(DepartureKind.Refused, refusal)
        : new Departure(DepartureKind.Cancelled, null);

    // Whoever was in the batch is interrupted with the device; whoever only waited goes to another worker.
    public void Fail(string fault)
    {
        if (Fault is not null)
        {
            return;
        }

        Fault = fault;
        _home.Failed(this, fault);
        var holding = Math.Min(_lackFrom, _running.Count);
        _leaving.AddRange(_running);
        _running.Clear();
        Depart(new Departure(DepartureKind.Interrupted, FailureOf(fault)), holding);
        DisplaceWaiting(fault);
        while (_errands.TryDequeue(out var errand))
        {
            errand.Served.Complete(DeviceReport.Failed(fault));
        }

        GoOn();
        Wake();
    }

    private void DisplaceWaiting(string reason)
    {
        while (_ready.Count > 0)
        {
            var course = _ready[0];
            _ready.RemoveFirst(1);
            Left(course);
            course.Leaving.Complete(new Departure(DepartureKind.Displaced, reason));
        }
    }
}
