using SimServe.Policies;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Routing;

namespace SimServe.Benchmarks;

/// <summary>A fleet as a router sees it: workers at work, some of which change between two decisions, as when a request joins or leaves.</summary>
/// <remarks>
/// Batches of 1 to 8 members with 1 to 28 steps to go; one worker in eight also has requests that wait. Masked tokens are multiples of 64, so that the step
/// times of all batches are known after a while, as they are in a long run.
/// </remarks>
internal sealed class RoutedFleet
{
    public const int MaxBatchSize = 8;
    private const int Changes = 3;
    private const int Requests = 256;

    private readonly RandomStream _random = new(1, "fleet");
    private readonly Request[] _requests;
    private readonly Worker[] _workers;
    private readonly StepPlanner _planner;
    private Instant _now = Instant.FromSeconds(1000);
    private int _next;

    public RoutedFleet(int workers, StepPlanner planner)
    {
        _planner = planner;
        _requests = [.. Enumerable.Range(0, Requests).Select(i => new Request
        {
            Id = new RequestId(i),
            ArrivesAt = default,
            Template = new TemplateId(_random.Next(64)),
            Mask = EditMask.FromTokens(planner.Model.Grid, [.. Enumerable.Range(0, Tokens())]),
            Steps = 28,
            Prompt = "",
            Seed = 0,
            Adapters = new AdapterSet([_random.Next(8)], [_random.Next(8)]),
        })];
        _workers = [.. Enumerable.Range(0, workers).Select(static id => new Worker(id))];
        View = new IndexedView(_workers);
        foreach (var worker in _workers)
        {
            Change(worker);
        }
    }

    public FleetView View { get; }

    /// <summary>The next request, and when it comes.</summary>
    public ref readonly Request Next(out Instant now)
    {
        // A worker serves about one request a second.
        _now += TimeSpan.FromTicks(20_000_000 / _workers.Length * _random.Next(1, 100) / 100);
        for (var i = 0; i < Changes; i++)
        {
            Change(_workers[_random.Next(_workers.Length)]);
        }

        now = _now;
        return ref _requests[_next++ % Requests];
    }

    private void Change(Worker worker)
    {
        var running = _random.Next(1, MaxBatchSize + 1);
        worker.Begin(running, _random.Next(8) == 0 ? _random.Next(1, 4) : 0, _now);
        for (var i = 0; i < worker.Running + worker.Waiting; i++)
        {
            worker.Set(i, new OutstandingRequest(default, Tokens(), _random.Next(1, 29)));
        }
    }

    private int Tokens() => 64 * _random.Next(1, (_planner.Model.Grid.Count / 128) + 1);

    // The serving loop knows the least loaded worker at once: here it costs nothing either.
    private sealed class IndexedView(Worker[] workers) : FleetView([.. workers])
    {
        public override int FewestRequests() => 0;
    }

    private sealed class Worker(int id) : IWorkerView
    {
        private readonly OutstandingRequest[] _outstanding = new OutstandingRequest[MaxBatchSize + 4];

        public WorkerId Id => new(id);

        public int Running { get; private set; }

        public int Waiting { get; private set; }

        public long MaskedTokens { get; private set; }

        public long Version { get; private set; }

        public Instant AsOf { get; private set; }

        public void Begin(int running, int waiting, Instant now) =>
            (Running, Waiting, MaskedTokens, Version, AsOf) = (running, waiting, 0, Version + 1, now);

        public void Set(int index, OutstandingRequest request)
        {
            _outstanding[index] = request;
            MaskedTokens += request.MaskedTokens;
        }

        public OutstandingRequest Outstanding(int index) => _outstanding[index];

        public bool Holds(TemplateId template) => (template.Value + id) % 16 == 0;

        public int MissingAdapters(AdapterSet adapters) => id % 3;
    }
}
