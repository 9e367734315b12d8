using SimServe.Policies.Batching;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Routing;

namespace SimServe.Policies.Serving;

// One device with its queue and its batch: joins and departures happen at step boundaries.
internal sealed class Worker : IWorkerView
{
    private readonly IClock _clock;
    private readonly IBatchingPolicy _batching;
    private readonly StepPlanner _planner;
    private readonly RunBook _book;
    private readonly StepBoundary _boundary = new();
    private readonly CompletionPool<bool> _bells = new();
    private readonly CompletionPool<Departure> _departures = new();
    private readonly List<Ticket> _running = [];
    private readonly List<Ticket> _ready = [];
    private readonly List<Ticket> _preparing = [];
    private Completion<bool>? _idle;
    private Instant? _wakeAt;
    private bool _closing;
    private bool _woken;
    private int _seenSteps;

    public Worker(WorkerId id, IDevice device, IClock clock, IBatchingPolicy batching, StepPlanner planner, RunBook book)
    {
        Id = id;
        Device = device;
        _clock = clock;
        _batching = batching;
        _planner = planner;
        _book = book;
    }

    public WorkerId Id { get; }

    public IDevice Device { get; }

    public string? Fault { get; private set; }

    public int Running => _running.Count;

    public int Waiting => _ready.Count + _preparing.Count;

    public OutstandingRequest Outstanding(int index)
    {
        if (index < _running.Count)
        {
            // The device is ahead of the loop while it runs several steps in one call.
            var ticket = _running[index];
            return new OutstandingRequest(ticket.Request.Mask.MaskedTokens, Math.Max(0, ticket.Remaining - _seenSteps));
        }

        index -= _running.Count;
        var waiting = index < _ready.Count ? _ready[index] : _preparing[index - _ready.Count];
        return new OutstandingRequest(waiting.Request.Mask.MaskedTokens, waiting.Request.Steps);
    }

    // Freezes what a router sees: policy and decision log must see the same, while the device runs on.
    public void Observe() => _seenSteps = Device.StepsDone;

    // Prepares a request, lets it join, and returns when it leaves.
    public async ValueTask<Departure> Serve(Ticket ticket)
    {
        _preparing.Add(ticket);
        var encoded = await Device.Encode(ticket.Request);
        _preparing.Remove(ticket);
        if (encoded.Refusal is { } refusal)
        {
            return new Departure(DepartureKind.Failed, refusal);
        }

        if (encoded.Fault is { } fault)
        {
            Fail(fault);
        }

        if (Fault is not null)
        {
            return new Departure(DepartureKind.Displaced, Fault);
        }

        ticket.ReadyAt = _clock.Now;
        ticket.Leaving = _departures.Rent();
        _ready.Add(ticket);
        OnReady();
        return await ticket.Leaving.Task;
    }

    // Turns a denoised request into its image; a word on why not, or null.
    public async ValueTask<string?> Deliver(RequestId request)
    {
        var decoded = await Device.Decode(request);
        if (decoded.Fault is not { } fault)
        {
            return decoded.Refusal;
        }

        Fail(fault);
        return FailureOf(fault);
    }

    // Runs until the loop closes the worker or its device fails.
    public async ValueTask Denoise()
    {
        while (Fault is null)
        {
            Admit();
            if (ColdTemplate() is { } template)
            {
                await Stage(template);
            }
            else if (_running.Count > 0)
            {
                await DenoiseUntilBoundary();
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
                _idle = _bells.Rent();
                await _idle.Task;
            }
        }
    }

    public void Close()
    {
        _closing = true;
        Wake();
    }

    private void OnReady()
    {
        if (_idle is not null)
        {
            Wake();
        }
        else if (!_boundary.Requested && Ask().Admitted > 0)
        {
            _boundary.Ring();
        }
    }

    private void Wake()
    {
        if (_idle is { } idle)
        {
            _idle = null;
            idle.Complete(true);
        }
        else
        {
            _woken = true;
        }
    }

    private BatchDecision Ask()
    {
        Span<WaitingRequest> waiting = new WaitingRequest[_ready.Count];
        for (var i = 0; i < waiting.Length; i++)
        {
            var ticket = _ready[i];
            waiting[i] = new WaitingRequest(
                ticket.Request.Id, ticket.ReadyAt, ticket.Request.Mask.MaskedTokens, ticket.Request.Steps);
        }

        return waiting.IsEmpty ? BatchDecision.Wait : _batching.Decide(waiting, _running.Count, _clock.Now);
    }

    private void Admit()
    {
        var decision = Ask();
        if (decision.WakeAt is { } due && _wakeAt != due)
        {
            _wakeAt = due;
            _ = WakeLater(due);
        }

        if (decision.Admitted == 0)
        {
            return;
        }

        var joining = _ready.GetRange(0, decision.Admitted);
        _ready.RemoveRange(0, decision.Admitted);
        _book.Admitted(Id, _running.Count, joining, _clock.Now);
        _running.AddRange(joining);
    }

    private async ValueTask WakeLater(Instant due)
    {
        await _clock.Until(due);
        Wake();
    }

    private async ValueTask DenoiseUntilBoundary()
    {
        var plan = _planner.Plan(_running.ConvertAll(static ticket => new StepMember(
            ticket.Request.Id, ticket.Request.Template, ticket.Request.Mask.MaskedTokens, ticket.StepsDone, ticket.Request.Steps)));
        var start = _clock.Now;
        foreach (var ticket in _running)
        {
            ticket.StartedAt ??= start;
        }

        _boundary.Reset();
        var report = await Device.Denoise(plan, plan.StepsToFirstFinish, _boundary);
        _book.Denoised(new BatchSegment(Id, start, _clock.Now, plan, report.Steps, report.BytesLoaded));
        if (report.Fault is { } fault)
        {
            Fail(fault);
            return;
        }

        Advance(report.Steps);
    }

    private TemplateId? ColdTemplate()
    {
        foreach (var ticket in _running)
        {
            if (!Device.Holds(ticket.Request.Template))
            {
                return ticket.Request.Template;
            }
        }

        return null;
    }

    private async ValueTask Stage(TemplateId template)
    {
        var report = await Device.Stage(template);
        if (report.Fault is { } fault)
        {
            Fail(fault);
        }
    }

    private void Advance(int steps)
    {
        var now = _clock.Now;
        foreach (var ticket in _running)
        {
            ticket.StepsDone += steps;
        }

        var done = _running.FindAll(static ticket => ticket.Remaining == 0);
        _running.RemoveAll(static ticket => ticket.Remaining == 0);
        foreach (var ticket in done)
        {
            ticket.DenoisedAt = now;
            Leave(ticket, new Departure(DepartureKind.Denoised, null));
        }
    }

    // Whoever was in the batch fails with the device; whoever only waited goes to another worker.
    private void Fail(string fault)
    {
        if (Fault is not null)
        {
            return;
        }

        Fault = fault;
        _book.Failed(Device.Name, fault, _clock.Now);
        var (failed, displaced) = (_running.ToArray(), _ready.ToArray());
        _running.Clear();
        _ready.Clear();
        foreach (var ticket in failed)
        {
            Leave(ticket, new Departure(DepartureKind.Failed, FailureOf(fault)));
        }

        foreach (var ticket in displaced)
        {
            Leave(ticket, new Departure(DepartureKind.Displaced, fault));
        }

        Wake();
    }

    private string FailureOf(string fault) => $"{Device.Name} failed: {fault}";

    private static void Leave(Ticket ticket, Departure departure)
    {
        var leaving = ticket.Leaving!;
        ticket.Leaving = null;
        leaving.Complete(departure);
    }
}
