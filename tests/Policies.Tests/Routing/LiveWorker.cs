using SimServe.Policies.Routing;

namespace SimServe.Policies.Tests.Routing;

/// <summary>A worker that goes on: what it shows changes, and its version with it, as in the serving loop.</summary>
internal sealed class LiveWorker(int id) : IWorkerView
{
    private readonly List<OutstandingRequest> _requests = [];

    public WorkerId Id => new(id);

    public int Running { get; private set; }

    public int Waiting => _requests.Count - Running;

    public long MaskedTokens => _requests.Sum(static request => (long)request.MaskedTokens);

    public long Version { get; private set; } = 1;

    public Instant AsOf { get; private set; }

    public HashSet<TemplateId> Templates { get; } = [];

    public OutstandingRequest Outstanding(int index) => _requests[index];

    public bool Holds(TemplateId template) => Templates.Contains(template);

    public int MissingAdapters(AdapterSet adapters) => adapters.Loras.Count;

    public void Receive(OutstandingRequest request)
    {
        _requests.Add(request);
        Version++;
    }

    /// <summary>The steps under way end: members have taken some, those that are done leave, those that wait join.</summary>
    public void ReachBoundary(int steps, int maxBatchSize, Instant now)
    {
        for (var i = 0; i < Running; i++)
        {
            _requests[i] = _requests[i] with { RemainingSteps = _requests[i].RemainingSteps - steps };
        }

        _requests.RemoveAll(static request => request.RemainingSteps <= 0);
        Running = Math.Min(_requests.Count, maxBatchSize);
        (AsOf, Version) = (now, Version + 1);
    }
}
