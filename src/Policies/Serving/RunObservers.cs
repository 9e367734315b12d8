using SimServe.Policies.Routing;

namespace SimServe.Policies.Serving;

/// <summary>Several observers as one.</summary>
/// <param name="observers">Told in this order.</param>
public sealed class RunObservers(params IRunObserver[] observers) : IRunObserver
{
    /// <inheritdoc/>
    public void Arrived(in Request request)
    {
        foreach (var observer in observers)
        {
            observer.Arrived(request);
        }
    }

    /// <inheritdoc/>
    public void Routed(in Request request, FleetView fleet, int chosen, Instant now)
    {
        foreach (var observer in observers)
        {
            observer.Routed(request, fleet, chosen, now);
        }
    }

    /// <inheritdoc/>
    public void Admitted(WorkerId worker, int running, ReadOnlySpan<RequestId> admitted, Instant now)
    {
        foreach (var observer in observers)
        {
            observer.Admitted(worker, running, admitted, now);
        }
    }

    /// <inheritdoc/>
    public void Denoised(in BatchSegment segment)
    {
        foreach (var observer in observers)
        {
            observer.Denoised(segment);
        }
    }

    /// <inheritdoc/>
    public void Stalled(in WorkerStall stall)
    {
        foreach (var observer in observers)
        {
            observer.Stalled(stall);
        }
    }

    /// <inheritdoc/>
    public void WorkerChanged(WorkerId worker, WorkerState state, Instant now)
    {
        foreach (var observer in observers)
        {
            observer.WorkerChanged(worker, state, now);
        }
    }

    /// <inheritdoc/>
    public void Finished(in RequestRecord record)
    {
        foreach (var observer in observers)
        {
            observer.Finished(record);
        }
    }
}
