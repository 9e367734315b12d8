namespace SimServe.Policies;

/// <summary>A point in time on a run's clock, simulated or real.</summary>
/// <param name="Ticks">Ticks of 100 ns since the start of the run, e.g. 25_000 is 2.5 ms after the start.</param>
/// <remarks>
/// A point minus a point is a length (<see cref="TimeSpan"/>); a point plus a point does not compile.
/// Arithmetic is checked: a run longer than 29 000 years throws <see cref="OverflowException"/>.
/// </remarks>
public readonly record struct Instant(long Ticks) : IComparable<Instant>
{
    /// <summary>The start of the run.</summary>
    public static readonly Instant Start;

    /// <summary>Time since the start of the run in seconds, for statistics and plots.</summary>
    public double TotalSeconds => (double)Ticks / TimeSpan.TicksPerSecond;

    /// <summary>The instant that lies <paramref name="seconds"/> after the start of the run, rounded to 100 ns.</summary>
    /// <param name="seconds">Seconds, finite and not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="seconds"/> is NaN, infinite or negative.</exception>
    public static Instant FromSeconds(double seconds) => Start + Duration.FromSeconds(seconds);

    /// <summary>The later point.</summary>
    public static Instant Max(Instant left, Instant right) => left.Ticks >= right.Ticks ? left : right;

    /// <inheritdoc/>
    public int CompareTo(Instant other) => Ticks.CompareTo(other.Ticks);

    /// <summary>Time since the start, e.g. <c>12.345 s</c>.</summary>
    public override string ToString() => $"{TotalSeconds:0.000} s";

    /// <summary>Point plus length.</summary>
    public static Instant operator +(Instant left, TimeSpan right) => new(checked(left.Ticks + right.Ticks));

    /// <summary>Point minus length.</summary>
    public static Instant operator -(Instant left, TimeSpan right) => new(checked(left.Ticks - right.Ticks));

    /// <summary>Length from <paramref name="right"/> to <paramref name="left"/>.</summary>
    public static TimeSpan operator -(Instant left, Instant right) => new(checked(left.Ticks - right.Ticks));

    /// <summary>Whether the left point is earlier.</summary>
    public static bool operator <(Instant left, Instant right) => left.Ticks < right.Ticks;

    /// <summary>Whether the left point is later.</summary>
    public static bool operator >(Instant left, Instant right) => left.Ticks > right.Ticks;

    /// <summary>Whether the left point is not later.</summary>
    public static bool operator <=(Instant left, Instant right) => left.Ticks <= right.Ticks;

    /// <summary>Whether the left point is not earlier.</summary>
    public static bool operator >=(Instant left, Instant right) => left.Ticks >= right.Ticks;
}
