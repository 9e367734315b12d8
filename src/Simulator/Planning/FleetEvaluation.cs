namespace SimServe.Simulator.Planning;

/// <summary>A fleet, simulated until it was clear whether it meets the objective.</summary>
public sealed record FleetEvaluation
{
    /// <summary>The fleet that was simulated, without spares.</summary>
    public required Fleet Fleet { get; init; }

    /// <summary>Replications it took.</summary>
    public required int Replications { get; init; }

    /// <summary>Mean share of requests within their bound.</summary>
    public required double Attainment { get; init; }

    /// <summary>Lower end of its interval (Student's t over replications), from 0.</summary>
    public required double Low { get; init; }

    /// <summary>Upper end of its interval, to 1.</summary>
    public required double High { get; init; }

    /// <summary>What that says.</summary>
    public required FleetVerdict Verdict { get; init; }

    /// <summary>Confidence that the true attainment is at or above the objective, given the sampling alone (one-sided Student's t).</summary>
    public required double Confidence { get; init; }

    /// <summary>Median latency of the counted requests of all replications, seconds.</summary>
    public required double P50 { get; init; }

    /// <summary>95th percentile of their latency, seconds.</summary>
    public required double P95 { get; init; }

    /// <summary>99th percentile of their latency, seconds.</summary>
    public required double P99 { get; init; }

    /// <summary>Share of the time that workers denoise, mean over workers.</summary>
    public required double Utilisation { get; init; }

    /// <summary>The same of the first and of the second kind of device; one entry for a fleet of one kind.</summary>
    public required IReadOnlyList<double> UtilisationByKind { get; init; }

    /// <summary>Workers of the first and of the second kind that are on, mean over time; all of them where nothing scales the fleet.</summary>
    public required IReadOnlyList<double> OnByKind { get; init; }
}
