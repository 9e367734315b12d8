namespace SimServe.Simulator.Planning;

/// <summary>The answer to a <see cref="CapacityQuestion"/>.</summary>
public sealed record PlanResult
{
    /// <summary>Fleets that meet the objective, the cheapest first: the least of every kind of device, and the cheapest mix if it beats them.</summary>
    public required IReadOnlyList<PlanAnswer> Answers { get; init; }

    /// <summary>Kinds of device that cannot, and why.</summary>
    public required IReadOnlyList<ImpossibleOption> Impossible { get; init; }

    /// <summary>What was known of every kind of device before simulating, in order of the options.</summary>
    public required IReadOnlyList<OptionFacts> Facts { get; init; }

    /// <summary>How likely the first answer meets the objective; <c>null</c> without answers.</summary>
    public required MeetingProbability? Probability { get; init; }

    /// <summary>The first answer's needed fleet at <see cref="MoreLoad"/> times the load; <c>null</c> without answers, or where its utilisation would reach 1.</summary>
    public required FleetEvaluation? AtMoreLoad { get; init; }

    /// <summary>The first answer's needed fleet with one worker less; <c>null</c> without answers, or where it could not carry the load at all.</summary>
    public required FleetEvaluation? OneFewer { get; init; }

    /// <summary>Every fleet that was simulated at the plan's load, by kind of device and number of workers.</summary>
    public required IReadOnlyList<FleetEvaluation> Evaluations { get; init; }

    /// <summary>Mixes that were simulated.</summary>
    public required int MixesTried { get; init; }

    /// <summary>Mixes cheaper than the first answer that were not simulated, because too many had been.</summary>
    public required int MixesLeft { get; init; }

    /// <summary>Fleets simulated.</summary>
    public required int FleetsSimulated { get; init; }

    /// <summary>Replications simulated.</summary>
    public required int Replications { get; init; }

    /// <summary>The factor of <see cref="AtMoreLoad"/>.</summary>
    public const double MoreLoad = 1.2;
}
