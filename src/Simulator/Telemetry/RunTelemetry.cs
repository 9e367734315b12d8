using System.Reactive.Subjects;
using SimServe.Policies;
using SimServe.Policies.Serving;

namespace SimServe.Simulator.Telemetry;

/// <summary>A run's events as streams, for progress bars and live notebooks.</summary>
/// <remarks>
/// Subscribers are called on the loop's thread: move slow work elsewhere (<c>ObserveOn</c>, <c>Sample</c>). A stream that nobody has subscribed to
/// costs a comparison per event.
/// </remarks>
public sealed class RunTelemetry : IRunObserver, IDisposable
{
    private readonly Subject<Request> _arrived = new();
    private readonly Subject<BatchSegment> _denoised = new();
    private readonly Subject<WorkerStall> _stalled = new();
    private readonly Subject<WorkerChange> _workers = new();
    private readonly Subject<RequestRecord> _finished = new();

    /// <summary>Requests as they reach the router.</summary>
    public IObservable<Request> Arrived => _arrived;

    /// <summary>What workers denoised, as each batch ends or changes. Plans are copies that may be kept.</summary>
    public IObservable<BatchSegment> Denoised => _denoised;

    /// <summary>Times in which workers stood still for caches or adapters, as they end.</summary>
    public IObservable<WorkerStall> Stalled => _stalled;

    /// <summary>Workers as their states change.</summary>
    public IObservable<WorkerChange> WorkerChanged => _workers;

    /// <summary>Requests as they end.</summary>
    public IObservable<RequestRecord> Finished => _finished;

    /// <inheritdoc/>
    void IRunObserver.Arrived(in Request request)
    {
        if (_arrived.HasObservers)
        {
            _arrived.OnNext(request);
        }
    }

    /// <inheritdoc/>
    void IRunObserver.Denoised(in BatchSegment segment)
    {
        if (_denoised.HasObservers)
        {
            _denoised.OnNext(segment.Kept());
        }
    }

    /// <inheritdoc/>
    void IRunObserver.Stalled(in WorkerStall stall)
    {
        if (_stalled.HasObservers)
        {
            _stalled.OnNext(stall);
        }
    }

    /// <inheritdoc/>
    void IRunObserver.WorkerChanged(WorkerId worker, WorkerState state, Instant now)
    {
        if (_workers.HasObservers)
        {
            _workers.OnNext(new WorkerChange(worker, state, now));
        }
    }

    /// <inheritdoc/>
    void IRunObserver.Finished(in RequestRecord record)
    {
        if (_finished.HasObservers)
        {
            _finished.OnNext(record);
        }
    }

    /// <summary>Completes the streams.</summary>
    public void Dispose()
    {
        Close(_arrived);
        Close(_denoised);
        Close(_stalled);
        Close(_workers);
        Close(_finished);
    }

    private static void Close<T>(Subject<T> subject)
    {
        subject.OnCompleted();
        subject.Dispose();
    }
}
