namespace SimServe.Policies;

/// <summary>The one border where seconds of a cost model become a length of time.</summary>
public static class Duration
{
    /// <summary>A length of time from seconds, rounded to 100 ns.</summary>
    /// <param name="seconds">Seconds, finite and not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="seconds"/> is NaN, infinite or negative.</exception>
    public static TimeSpan FromSeconds(double seconds)
    {
        if (!double.IsFinite(seconds) || seconds < 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(seconds), seconds, "A length of time must be a finite number of seconds that is not negative.");
        }

        return new TimeSpan(checked((long)Math.Round(seconds * TimeSpan.TicksPerSecond)));
    }
}
