namespace SimServe.Policies.Scaling;

/// <summary>As many workers as the arrivals will call for when a worker that is asked for now is ready. Shrinks when fewer have sufficed for a time.</summary>
/// <remarks>
/// <para>
/// Forecasts the arrival rate one provisioning and model load ahead by Holt's linear smoothing (Holt 1957; Hyndman and Athanasopoulos, "Forecasting", section 8.2). Little's law turns it into
/// workers: the rate times the busy worker-seconds that a request has taken so far is the mean number of busy workers, which is to be
/// <see cref="ScalingOptions.TargetUtilisation"/> of the fleet.
/// </para>
/// <para>
/// Service times are measured, as busy time over requests that left, both with exponentially fading memory; requests that left are those that arrived less those that are
/// there now and were not before. At light load batches are small, a request takes more of a worker's time, and the fleet is larger than it need be until it has shrunk. A
/// backlog is worked off through the spare utilisation only.
/// </para>
/// </remarks>
public sealed class PredictiveScaling : IScalingPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "predictive";

    private readonly ScalingOptions _options;
    private readonly HoltForecast _rate;
    private readonly StabilisedSize _size;
    private double _busySeconds;
    private double _left;
    private long _present;

    /// <summary>Creates the policy.</summary>
    /// <param name="options">
    /// Uses <see cref="ScalingOptions.Provisioning"/>, <see cref="ScalingOptions.ModelLoad"/>, <see cref="ScalingOptions.TargetUtilisation"/>,
    /// <see cref="ScalingOptions.LevelSmoothing"/>, <see cref="ScalingOptions.TrendSmoothing"/> and <see cref="ScalingOptions.Stabilisation"/>.
    /// </param>
    public PredictiveScaling(ScalingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ThrowIfNoShare(options.TargetUtilisation, nameof(options.TargetUtilisation));
        ThrowIfNoShare(options.LevelSmoothing, nameof(options.LevelSmoothing));
        ThrowIfNoShare(options.TrendSmoothing, nameof(options.TrendSmoothing));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Stabilisation, TimeSpan.Zero);
        _options = options;
        _rate = new HoltForecast(options.LevelSmoothing, options.TrendSmoothing);
        _size = new StabilisedSize(options.Stabilisation);
    }

    /// <inheritdoc/>
    public int Decide(in FleetLoad load, Instant now)
    {
        var current = load.Ready + load.Starting;
        if (load.Interval > TimeSpan.Zero)
        {
            Measure(load);
        }

        // Before anybody has left there is no service time to plan with.
        var wish = _left > 0 ? Workers(load.Interval) : current;
        return _size.Decide(Math.Max(1, wish), load, now);
    }

    private void Measure(in FleetLoad load)
    {
        _rate.Observe(load.Arrivals / load.Interval.TotalSeconds);
        var present = (long)load.Waiting + load.Running;
        var left = load.Arrivals + _present - present;
        _present = present;
        var fading = 1 - _options.LevelSmoothing;
        _busySeconds = (fading * _busySeconds) + (load.BusyShare * load.Ready * load.Interval.TotalSeconds);
        _left = (fading * _left) + Math.Max(0, left);
    }

    private int Workers(TimeSpan interval)
    {
        var lead = (_options.Provisioning + _options.ModelLoad) / (interval > TimeSpan.Zero ? interval : _options.Interval);
        var rate = Math.Max(0, _rate.Ahead(lead));
        return WorkerCount.Ceiling(rate * _busySeconds / _left / _options.TargetUtilisation);
    }

    private static void ThrowIfNoShare(double value, string name)
    {
        if (!(value is > 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be greater than 0 and at most 1.");
        }
    }
}
