namespace SimServe.GpuBackend.Devices;

/// <summary>Adds up where the time of real steps went; called by the devices' threads.</summary>
public sealed class StepFloorMeter
{
    private readonly Lock _gate = new();
    private long _steps;
    private double _measured;
    private double _floor;
    private double _compute;
    private double _load;

    /// <summary>A step has been taken.</summary>
    /// <param name="trace">Where its time went.</param>
    public void Add(StepTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var (compute, load) = (trace.TotalSeconds - trace.WaitSeconds, trace.Loads.Sum(static copy => copy.Seconds));
        lock (_gate)
        {
            _steps++;
            _measured += trace.TotalSeconds;
            _floor += Math.Max(compute, load);
            _compute += compute;
            _load += load;
        }
    }

    /// <summary>The steps so far, or <c>null</c> when there were none.</summary>
    public StepFloor? Close()
    {
        lock (_gate)
        {
            return _steps == 0 ? null : new StepFloor(_steps, _measured / _steps, _floor / _steps, _compute / _steps, _load / _steps);
        }
    }
}
