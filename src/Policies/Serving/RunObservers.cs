using SimServe.Policies.Routing;

namespace SimServe.Policies.Serving;

/// <summary>Several observers as one.</summary>
/// <param name="observers">Told in this order.</param>
public sealed class RunObservers(params IReadOnlyList<IRunObserver> observers) : IRunObserver
{
    /// <inheritdoc/>
    public void Routed(Request request, ReadOnlySpan<IWorkerView> workers, int chosen, Instant now)
    {
        foreach (var observer in observers)
        {
            observer.Routed(request, workers, chosen, now);
        }
    }

    /// <inheritdoc/>
    public void Admitted(WorkerId worker, int running, IReadOnlyList<RequestId> admitted, Instant now)
    {
        foreach (var observer in observers)
        {
            observer.Admitted(worker, running, admitted, now);
        }
    }

    /// <inheritdoc/>
    public void Denoised(BatchSegment segment)
    {
        foreach (var observer in observers)
        {
            observer.Denoised(segment);
        }
    }

    /// <inheritdoc/>
    public void Finished(RequestRecord record)
    {
        foreach (var observer in observers)
        {
            observer.Finished(record);
        }
    }
}
