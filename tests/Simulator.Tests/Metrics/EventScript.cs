using SimServe.Policies;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Routing;
using SimServe.Policies.Serving;
using SimServe.Simulator.Metrics;

namespace SimServe.Simulator.Tests.Metrics;

/// <summary>Tells an observer of events as a run would, with times in seconds.</summary>
internal sealed class EventScript(IRunObserver observer)
{
    private static readonly EditMask Mask = EditMask.FromTokens(new TokenGrid(2, 2, 8), [0]);

    private readonly FleetView _fleet = new([.. Enumerable.Range(0, 4).Select(static number => new NamedWorker(number))]);

    public ServiceClass Class { get; set; } = ServiceClass.Default;

    public int Tenant { get; set; }

    public static Instant At(double seconds) => Instant.FromSeconds(seconds);

    // Two requests on one worker whose every number can be worked out by hand.
    public static RunSummary Small(RunDigestOptions? options = null)
    {
        var digest = new RunDigest(options);
        PlaySmall(digest);
        return digest.Complete(At(12));
    }

    public static void PlaySmall(IRunObserver observer)
    {
        var script = new EventScript(observer) { Class = new ServiceClass("gold", 1, TimeSpan.FromSeconds(9.5)) };
        script.State(0, WorkerState.Ready, 0);
        script.Arrive(0, 0);
        script.Route(0, 0, 1);
        script.Arrive(1, 2);
        script.Route(1, 0, 2);
        script.Join(0, 3, 0);
        script.Stall(0, 3, 4);
        script.Denoise(0, 4, 6, 2, 0);
        script.Join(0, 6, 1);
        script.Denoise(0, 6, 8, 2, 0, 1);
        script.Finish(script.Record(0, 0, 0, 1, 3, 3, 4, 8, 9) with { CacheWait = TimeSpan.FromSeconds(1), DeviceTime = TimeSpan.FromSeconds(3) });
        script.Denoise(0, 8, 10, 2, 1, bytes: 100);
        script.Finish(script.Record(1, 0, 2, 2, 3, 6, 6, 10, 12) with { DeviceTime = TimeSpan.FromSeconds(3) });
    }

    public Request Request(int id, double arrival, int steps = 4) => new()
    {
        Id = new RequestId(id),
        ArrivesAt = At(arrival),
        Template = new TemplateId(0),
        Mask = Mask,
        Steps = steps,
        Prompt = "",
        Seed = id,
        Class = Class,
        Tenant = new TenantId(Tenant),
    };

    public RequestRecord Record(
        int id, int worker, double arrived, double routed, double ready, double joined, double started, double denoised, double finished) => new()
    {
        Request = Request(id, arrived),
        Worker = new WorkerId(worker),
        ArrivedAt = At(arrived),
        RoutedAt = At(routed),
        ReadyAt = At(ready),
        JoinedAt = At(joined),
        StartedAt = At(started),
        DenoisedAt = At(denoised),
        FinishedAt = At(finished),
        Attempts = 1,
        Outcome = RequestOutcome.Completed,
        Failure = null,
    };

    public void State(int worker, WorkerState state, double at) => observer.WorkerChanged(new WorkerId(worker), state, At(at));

    public void Arrive(int id, double at) => observer.Arrived(Request(id, at));

    public void Route(int id, int worker, double at) => observer.Routed(Request(id, 0), _fleet, worker, At(at));

    public void Join(int worker, double at, params int[] requests) =>
        observer.Admitted(new WorkerId(worker), 0, Array.ConvertAll(requests, static id => new RequestId(id)), At(at));

    public void Denoise(int worker, double start, double end, int steps, int first, int second = -1, long bytes = 0)
    {
        List<StepMember> members = [new(new RequestId(first), new TemplateId(0), 1, 0, 4)];
        if (second >= 0)
        {
            members.Add(new(new RequestId(second), new TemplateId(0), 1, 0, 4));
        }

        var plan = new StepPlan(members, new PlannedStep([BlockMode.Plain], 0, TimeSpan.FromSeconds(1), 0));
        observer.Denoised(new BatchSegment(new WorkerId(worker), At(start), At(end), plan, steps, bytes));
    }

    public void Stall(int worker, double start, double end, StallCause cause = StallCause.TemplateCache) =>
        observer.Stalled(new WorkerStall(new WorkerId(worker), cause, At(start), At(end), 1));

    public void Finish(RequestRecord record) => observer.Finished(record);

    // A request that nothing delays: all its time is computing and, if asked for, loading a cache.
    public void Pass(int id, double at, double compute, double cacheLoad = 0)
    {
        Arrive(id, at);
        Route(id, 0, at);
        Join(0, at, id);
        if (cacheLoad > 0)
        {
            Stall(0, at, at + cacheLoad);
        }

        var (start, end) = (at + cacheLoad, at + cacheLoad + compute);
        Denoise(0, start, end, 4, id);
        Finish(Record(id, 0, at, at, at, at, start, end, end) with { CacheWait = TimeSpan.FromSeconds(cacheLoad), DeviceTime = TimeSpan.FromSeconds(compute) });
    }

    private sealed class NamedWorker(int number) : IWorkerView
    {
        public WorkerId Id => new(number);

        public int Running => 0;

        public int Waiting => 0;

        public long MaskedTokens => 0;

        public long Version => 0;

        public Instant AsOf => default;

        public OutstandingRequest Outstanding(int index) => throw new ArgumentOutOfRangeException(nameof(index));

        public bool Holds(TemplateId template) => true;

        public int MissingAdapters(AdapterSet adapters) => 0;
    }
}
