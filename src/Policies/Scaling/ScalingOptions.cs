namespace SimServe.Policies.Scaling;

/// <summary>How many workers of a fleet are on.</summary>
public sealed record ScalingOptions
{
    /// <summary>The kind of a fleet in which every worker is on all the time.</summary>
    public const string None = "none";

    /// <summary>Name of the policy, or <see cref="None"/>.</summary>
    /// <value><c>none</c>.</value>
    public string Kind { get; init; } = None;

    /// <summary>How often the policy is asked; greater than zero.</summary>
    /// <value>15 s.</value>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Workers that are on at the start, at least 1; <c>null</c> for all.</summary>
    public int? Initial { get; init; }

    /// <summary>Fewest workers, at least 1. The most is the fleet.</summary>
    /// <value>1.</value>
    public int Least { get; init; } = 1;

    /// <summary>Requests, waiting or running, that one worker should have; greater than 0.</summary>
    /// <value>4.</value>
    public double TargetPerWorker { get; init; } = 4;

    /// <summary>Share of the time that workers should be busy, for the predictive policy; greater than 0, at most 1.</summary>
    /// <value>0.7.</value>
    public double TargetUtilisation { get; init; } = 0.7;

    /// <summary>Weight of the last interval in the predictive policy's arrival rate and service time; greater than 0, at most 1.</summary>
    /// <value>0.5.</value>
    public double LevelSmoothing { get; init; } = 0.5;

    /// <summary>Weight of the last interval in the predictive policy's trend; greater than 0, at most 1.</summary>
    /// <value>0.2.</value>
    public double TrendSmoothing { get; init; } = 0.2;

    /// <summary>How long fewer workers must suffice before some are drained; zero or more.</summary>
    /// <value>5 min.</value>
    public TimeSpan Stabilisation { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>From the decision to a machine that is there; zero or more.</summary>
    /// <value>60 s.</value>
    public TimeSpan Provisioning { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// From a machine that is there to a server that is ready but for what its device takes to load the model (<see cref="IDevice.LoadModel"/>): a length that does
    /// not depend on who else loads; zero or more.
    /// </summary>
    /// <value>30 s.</value>
    public TimeSpan ModelLoad { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Workers wanted from these times of the run on, for the scheduled policy; in order of time.</summary>
    public IReadOnlyList<ScheduledSize> Schedule { get; init; } = [];

    /// <summary>After which time <see cref="Schedule"/> repeats; zero: never.</summary>
    public TimeSpan Period { get; init; }
}

/// <summary>A fleet size from a time on.</summary>
/// <param name="From">Time since the start of the run, or of the period.</param>
/// <param name="Workers">Workers wanted, at least 1.</param>
public sealed record ScheduledSize(TimeSpan From, int Workers);
