using System.Text.Json.Serialization;

namespace SimServe.Simulator.Workloads;

/// <summary>Users who send an edit, wait for its image, think, and send the next one.</summary>
/// <remarks>
/// A user edits in sessions. Within one, the next edit returns to the same template with a given probability; a new session begins with a template
/// drawn anew. A closed loop limits itself: slow answers slow the users down, so it says nothing of a load that does not care (an open workload).
/// </remarks>
public sealed record ClosedLoopOptions
{
    /// <summary>Number of users.</summary>
    /// <value>At least 1.</value>
    public required int Users { get; init; }

    /// <summary>Mean time from an image's delivery, or from the start of the run, to the user's next request, seconds.</summary>
    /// <value>Finite, at least 0.</value>
    public required double ThinkSeconds { get; init; }

    /// <summary>How think times are spread around their mean.</summary>
    /// <value>Default exponential.</value>
    [JsonConverter(typeof(JsonStringEnumConverter<ThinkDistribution>))]
    public ThinkDistribution ThinkDistribution { get; init; }

    /// <summary>Coefficient of variation of lognormal think times; the other distributions have their own.</summary>
    /// <value>From 0.01 to 10, default 1.</value>
    public double ThinkVariation { get; init; } = 1;

    /// <summary>Edits of a session.</summary>
    /// <value>At least 1, default 1.</value>
    public int EditsPerSession { get; init; } = 1;

    /// <summary>Probability that an edit within a session is of the template of the edit before it.</summary>
    /// <value>From 0 to 1, default 1.</value>
    public double SameTemplate { get; init; } = 1;

    /// <summary>Sessions after which a user leaves.</summary>
    /// <value>At least 1; default <c>null</c>: users stay.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? SessionsPerUser { get; init; }

    internal IEnumerable<string> Faults() =>
    [
        .. Fault(Users < 1, nameof(Users), Users, "at least 1"),
        .. Fault(!(double.IsFinite(ThinkSeconds) && ThinkSeconds >= 0), nameof(ThinkSeconds), ThinkSeconds, "a finite number of at least 0"),
        .. Fault(!Enum.IsDefined(ThinkDistribution), nameof(ThinkDistribution), ThinkDistribution, "one of its values"),
        .. Fault(ThinkVariation is not (>= ArrivalChecks.LeastVariation and <= ArrivalChecks.MostVariation), nameof(ThinkVariation), ThinkVariation, $"a number from {ArrivalChecks.LeastVariation} to {ArrivalChecks.MostVariation}"),
        .. Fault(EditsPerSession < 1, nameof(EditsPerSession), EditsPerSession, "at least 1"),
        .. Fault(SameTemplate is not (>= 0 and <= 1), nameof(SameTemplate), SameTemplate, "a number from 0 to 1"),
        .. Fault(SessionsPerUser < 1, nameof(SessionsPerUser), SessionsPerUser ?? 0, "at least 1"),
    ];

    private static string[] Fault(bool wrong, string name, object value, string range) =>
        wrong ? [$"{name} is {value} but must be {range}."] : [];
}
