using SimServe.Policies.Routing;

namespace SimServe.Policies.Serving;

// A worker as it was some time ago. What it holds in memory is answered for the present: it changes far more slowly than its queue.
internal sealed class StaleWorker(Worker worker) : IWorkerView
{
    private readonly List<OutstandingRequest> _requests = [];

    public WorkerId Id => worker.Id;

    public int Running { get; private set; }

    public int Waiting => _requests.Count - Running;

    public long MaskedTokens { get; private set; }

    public long Version { get; private set; }

    public Instant AsOf { get; private set; }

    public OutstandingRequest Outstanding(int index) => _requests[index];

    public bool Holds(TemplateId template) => worker.Holds(template);

    public int MissingAdapters(AdapterSet adapters) => worker.MissingAdapters(adapters);

    public bool KeepsTemplates => worker.KeepsTemplates;

    public bool IsResident(TemplateId template) => worker.IsResident(template);

    public TemplateDelay DelayOf(in Request request) => worker.DelayOf(request);

    public void Refresh()
    {
        _requests.Clear();
        for (var i = 0; i < worker.Load; i++)
        {
            _requests.Add(worker.Outstanding(i));
        }

        (Running, MaskedTokens, Version, AsOf) = (worker.Running, worker.MaskedTokens, worker.Version, worker.AsOf);
    }
}
