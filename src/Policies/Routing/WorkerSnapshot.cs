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
    public OutstandingRequest Outstanding(int index) => Requests[index];

    /// <summary>Keeps what a view shows now.</summary>
    /// <param name="view">The view.</param>
    public static WorkerSnapshot Of(IWorkerView view)
    {
        var requests = new OutstandingRequest[view.Running + view.Waiting];
        for (var i = 0; i < requests.Length; i++)
        {
            requests[i] = view.Outstanding(i);
        }

        return new WorkerSnapshot(view.Id, view.Running, requests);
    }
}
