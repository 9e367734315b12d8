namespace SimServe.Policies.Serving;

// One request's way through the fleet. A course serves one request after the other: it is a coroutine that never ends, so that
// a request costs no allocation. Mutable, private to the loop.
internal sealed class Course
{
    private Request _request;

    // By reference: it is a large value that is read at every turn.
    public ref readonly Request Request => ref _request;

    // Waits for the next request to be given to it; the answer is whether that arrives only later.
    public Completion<bool> Begins { get; } = new();

    // Waits for a worker that takes requests.
    public Completion<bool> Gateway { get; } = new();

    // Its place in that line, or null: who has left the line leaves an empty place behind.
    public long? GatewayPlace { get; set; }

    // Waits for its turn on the worker's own thread, where that prepares and decodes too.
    public Completion<DeviceReport> Served { get; } = new();

    // Set by the worker when the request leaves it.
    public Completion<Departure> Leaving { get; } = new();

    public bool IsServing { get; set; }

    // Its user waits no longer: it ends as cancelled wherever it does not end otherwise.
    public bool HasGivenUp { get; set; }

    public Instant ArrivedAt { get; private set; }

    public Instant? RoutedAt { get; set; }

    public Instant? ReadyAt { get; set; }

    public Instant? JoinedAt { get; set; }

    public Instant? StartedAt { get; set; }

    public Instant? DenoisedAt { get; set; }

    public TimeSpan CacheWait { get; private set; }

    public TimeSpan AdapterWait { get; private set; }

    public TimeSpan PrePostWait { get; private set; }

    public int Interruptions { get; private set; }

    public TimeSpan DeviceTime { get; set; }

    public int StepsDone { get; set; }

    public int LostSteps { get; private set; }

    // Steps left out because similar latents were found: no attempt begins before them.
    public int SkippedSteps { get; private set; }

    public int Attempts { get; set; }

    public Worker? Worker { get; set; }

    // Where its ControlNets run, while it is with a worker.
    public List<ControlUse> Controls { get; } = [];

    // Its LoRAs are on their way to the worker's device.
    public bool IsFetching { get; set; }

    // Its LoRAs act beside the weights.
    public bool HasLoras { get; set; }

    // Requests with the batch's LoRAs that went past it in the queue.
    public int Overtaken { get; set; }

    // Why it alone cannot go on: an adapter is missing or spoilt.
    public string? Refusal { get; set; }

    public int Remaining => Request.Steps - StepsDone;

    // It begins with similar latents, which must be brought first.
    public bool NeedsSimilar => SkippedSteps > 0 && StepsDone == SkippedSteps;

    public bool TryTakeNext(IRequestSource source) => source.TryNext(out _request);

    public bool TryTakeFollowing(IRequestSource source, in RequestRecord ended) => source.TryFollow(ended, out _request);

    public void Arrive(Instant now, int skippedSteps)
    {
        ArrivedAt = now;
        (RoutedAt, ReadyAt, JoinedAt, StartedAt, DenoisedAt) = (null, null, null, null, null);
        DeviceTime = TimeSpan.Zero;
        ForgetStalls();
        SkippedSteps = skippedSteps;
        (StepsDone, LostSteps, Attempts, Worker, Overtaken) = (skippedSteps, 0, 0, null, 0);
        (IsServing, HasGivenUp) = (true, Request.CancelsAt <= now);
        ForgetAddOns();
    }

    // Another worker begins where the last one's checkpoint is; what stalled it there is no part of its new stages.
    public void StartAgain(int step)
    {
        var first = Math.Max(step, SkippedSteps);
        LostSteps += StepsDone - first;
        StepsDone = first;
        (ReadyAt, JoinedAt, StartedAt, DenoisedAt) = (null, null, null, null);
        ForgetStalls();
        ForgetAddOns();
    }

    public void Stalled(StallCause cause, TimeSpan time)
    {
        switch (cause)
        {
            case StallCause.TemplateCache:
                CacheWait += time;
                break;
            case StallCause.Adapters:
                AdapterWait += time;
                break;
            default:
                PrePostWait += time;
                Interruptions++;
                break;
        }
    }

    public RequestRecord End(RequestOutcome outcome, string? failure, Instant now)
    {
        IsServing = false;
        return new RequestRecord
        {
            Request = _request,
            Worker = Worker?.Id,
            ArrivedAt = ArrivedAt,
            RoutedAt = RoutedAt,
            ReadyAt = ReadyAt,
            JoinedAt = JoinedAt,
            StartedAt = StartedAt,
            DenoisedAt = DenoisedAt,
            FinishedAt = now,
            CacheWait = CacheWait,
            AdapterWait = AdapterWait,
            PrePostWait = PrePostWait,
            Interruptions = Interruptions,
            DeviceTime = DeviceTime,
            Attempts = Attempts,
            LostSteps = LostSteps,
            SkippedSteps = SkippedSteps,
            Outcome = outcome,
            Failure = failure,
        };
    }

    private void ForgetAddOns() => (IsFetching, HasLoras, Refusal) = (false, false, null);

    private void ForgetStalls() => (CacheWait, AdapterWait, PrePostWait, Interruptions) = (TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, 0);
}
