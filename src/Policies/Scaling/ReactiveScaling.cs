namespace SimServe.Policies.Scaling;

/// <summary>As many workers as the requests that are there now call for. Grows at once; shrinks when fewer workers have sufficed for a time.</summary>
/// <remarks>
/// The rule of Kubernetes' Horizontal Pod Autoscaler for a metric with a target per pod: requests, waiting or running, over the target, rounded up; downwards the largest such number within the
/// stabilisation window, which begins with the size of the fleet. Left out: its tolerance of 10 %, and its limits on how fast a fleet may grow. It sees a burst only when the requests are there, so
/// they wait for provisioning and for the model to load.
/// </remarks>
public sealed class ReactiveScaling : IScalingPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "reactive";

    private readonly double _targetPerWorker;
    private readonly StabilisedSize _size;

    /// <summary>Creates the policy.</summary>
    /// <param name="options">Uses <see cref="ScalingOptions.TargetPerWorker"/> and <see cref="ScalingOptions.Stabilisation"/>.</param>
    public ReactiveScaling(ScalingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.TargetPerWorker);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Stabilisation, TimeSpan.Zero);
        (_targetPerWorker, _size) = (options.TargetPerWorker, new StabilisedSize(options.Stabilisation));
    }

    /// <inheritdoc/>
    public int Decide(in FleetLoad load, Instant now) =>
        _size.Decide(WorkerCount.Ceiling(((double)load.Waiting + load.Running) / _targetPerWorker), load, now);
}
