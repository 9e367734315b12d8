using System.Reactive.Subjects;
using SimServe.Policies.Serving;

namespace SimServe.Simulator.Telemetry;

/// <summary>A run's events as streams, for progress bars and live notebooks.</summary>
/// <remarks>Subscribers are called on the loop's thread: move slow work elsewhere (<c>ObserveOn</c>, <c>Sample</c>).</remarks>
public sealed class RunTelemetry : IRunObserver, IDisposable
{
    private readonly Subject<RequestRecord> _finished = new();
    private readonly Subject<BatchSegment> _denoised = new();

    /// <summary>Requests as they end.</summary>
    public IObservable<RequestRecord> Finished => _finished;

    /// <summary>What workers denoised, as each batch ends or changes.</summary>
    public IObservable<BatchSegment> Denoised => _denoised;

    /// <inheritdoc/>
    void IRunObserver.Denoised(in BatchSegment segment)
    {
        // Whoever listens may keep what he hears.
        if (_denoised.HasObservers)
        {
            _denoised.OnNext(segment.Kept());
        }
    }

    /// <inheritdoc/>
    void IRunObserver.Finished(in RequestRecord record) => _finished.OnNext(record);

    /// <summary>Completes the streams.</summary>
    public void Dispose()
    {
        _finished.OnCompleted();
        _denoised.OnCompleted();
        _finished.Dispose();
        _denoised.Dispose();
    }
}
