namespace SimServe.Policies.Scaling;

/// <summary>As many workers as a timetable says, whatever the load.</summary>
/// <remarks>
/// For load that is known beforehand, such as that of a day. A size is asked for at its time and there one provisioning and model load later: enter it that much earlier. Before the first
/// entry the fleet keeps its size; a timetable that repeats begins with the last entry of the period before.
/// </remarks>
public sealed class ScheduledScaling : IScalingPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "scheduled";

    private readonly ScheduledSize[] _schedule;
    private readonly TimeSpan _period;

    /// <summary>Creates the policy.</summary>
    /// <param name="options">Uses <see cref="ScalingOptions.Schedule"/> and <see cref="ScalingOptions.Period"/>.</param>
    /// <exception cref="ArgumentException">The timetable is empty, not in order of time, asks for less than one worker, or is longer than its period.</exception>
    public ScheduledScaling(ScalingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_schedule, _period) = ([.. options.Schedule], options.Period);
        var last = TimeSpan.FromTicks(-1);
        foreach (var size in _schedule)
        {
            if (size.From <= last || size.Workers < 1)
            {
                throw new ArgumentException(
                    $"A schedule's times must be zero or more and grow, and its sizes be at least 1; found {size.Workers} workers from {size.From} after {last}.", nameof(options));
            }

            last = size.From;
        }

        if (_schedule.Length == 0 || _period < TimeSpan.Zero || (_period > TimeSpan.Zero && _period <= last))
        {
            throw new ArgumentException(
                $"A schedule needs at least one entry, and a period longer than its last time or zero; found {_schedule.Length} entries and the period {_period}.", nameof(options));
        }
    }

    /// <inheritdoc/>
    public int Decide(in FleetLoad load, Instant now)
    {
        var time = now - Instant.Start;
        if (_period > TimeSpan.Zero)
        {
            time = new TimeSpan(time.Ticks % _period.Ticks);
        }

        for (var i = _schedule.Length - 1; i >= 0; i--)
        {
            if (_schedule[i].From <= time)
            {
                return _schedule[i].Workers;
            }
        }

        return _period > TimeSpan.Zero ? _schedule[^1].Workers : Math.Max(1, load.Ready + load.Starting);
    }
}
