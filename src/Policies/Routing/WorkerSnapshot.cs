namespace SimServe.Policies.Routing;

/// <summary>A worker as a router saw it at the time of a decision.</summary>
/// <param name="Id">The worker.</param>
/// <param name="Running">Requests in its batch.</param>
/// <param name="Requests">Unfinished requests, those in the batch first.</param>
public sealed record WorkerSnapshot(WorkerId Id, int Running, IReadOnlyList<OutstandingRequest> Requests) : IWorkerView
{
    /// <inheritdoc/>
    public int Waiting => Requests.Count - Running;

    /// <inheritdoc/>
    public long MaskedTokens => Requests.Sum(static request => (long)request.MaskedTokens);

    /// <inheritdoc/>
    public long Version { get; init; }

    /// <inheritdoc/>
    public Instant AsOf { get; init; }

    /// <summary>Whether it could use the template of the request that was routed.</summary>
    public bool HoldsTemplate { get; init; } = true;

    /// <summary>How long the request that was routed would have waited for its template.</summary>
    public TemplateDelay Delay { get; init; }

    /// <summary>Of the templates of these requests and of the one that was routed, those in the device's own memory; <c>null</c> where it keeps none.</summary>
    public IReadOnlySet<TemplateId>? Resident { get; init; }

    /// <summary>Adapters of the request that was routed which it would have had to load.</summary>
    public int AdaptersMissing { get; init; }

    /// <inheritdoc/>
    public OutstandingRequest Outstanding(int index) => Requests[index];

    /// <inheritdoc/>
    public bool Holds(TemplateId template) => HoldsTemplate;

    /// <inheritdoc/>
    public bool KeepsTemplates => Resident is not null;

    /// <inheritdoc/>
    public bool IsResident(TemplateId template) => Resident?.Contains(template) ?? false;

    /// <inheritdoc/>
    public TemplateDelay DelayOf(in Request request) => Delay;

    /// <inheritdoc/>
    public int MissingAdapters(AdapterSet adapters) => AdaptersMissing;

    /// <summary>Keeps what a view shows now.</summary>
    /// <param name="view">The view.</param>
    /// <param name="request">The request that is being routed.</param>
    public static WorkerSnapshot Of(IWorkerView view, in Request request)
    {
        ArgumentNullException.ThrowIfNull(view);
        var requests = new OutstandingRequest[view.Running + view.Waiting];
        for (var i = 0; i < requests.Length; i++)
        {
            requests[i] = view.Outstanding(i);
        }

        return new WorkerSnapshot(view.Id, view.Running, requests)
        {
            Version = view.Version,
            AsOf = view.AsOf,
            HoldsTemplate = view.Holds(request.Template),
            AdaptersMissing = view.MissingAdapters(request.Adapters),
            Delay = view.DelayOf(request),
            Resident = view.KeepsTemplates ? ResidentOf(view, request.Template, requests) : null,
        };
    }

    private static HashSet<TemplateId> ResidentOf(IWorkerView view, TemplateId routed, OutstandingRequest[] requests) =>
        [.. requests.Select(static request => request.Template).Append(routed).Distinct().Where(view.IsResident)];
}
