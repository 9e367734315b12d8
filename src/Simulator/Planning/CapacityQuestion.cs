using SimServe.Policies;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Planning;

/// <summary>What a plan asks: the cheapest fleet that meets an objective for a workload.</summary>
public sealed record CapacityQuestion
{
    /// <summary>The model that is served.</summary>
    public required ModelShape Model { get; init; }

    /// <summary>The workload; its number of requests is that of one replication.</summary>
    public required WorkloadOptions Workload { get; init; }

    /// <summary>When a fleet is good enough.</summary>
    public required ServiceObjective Objective { get; init; }

    /// <summary>What fleets may be made of, at least one.</summary>
    public required IReadOnlyList<FleetOption> Options { get; init; }

    /// <summary>The policies.</summary>
    public required PolicyOptions Policies { get; init; }

    /// <summary>What workers sit in.</summary>
    /// <value><c>null</c>: every template is at hand everywhere.</value>
    public PlanHosts? Hosts { get; init; }

    /// <summary>Seed of every random stream.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Workers that may be lost while the objective is still met, 0 or 1.</summary>
    /// <value>1.</value>
    public int Spares { get; init; } = 1;

    /// <summary>Whether fleets of two kinds of device are looked at.</summary>
    /// <value><c>true</c>.</value>
    public bool Mixes { get; init; } = true;

    /// <summary>Confidence of each verdict about a fleet, and least probability of meeting the objective where a calibration error is given.</summary>
    /// <value>0.95.</value>
    public double Confidence { get; init; } = 0.95;

    /// <summary>How wrong the cost models may be; <c>null</c> where that is not known and left out.</summary>
    public CalibrationError? CalibrationError { get; init; }

    /// <summary>Most replications of one fleet, at least 8.</summary>
    /// <value>32.</value>
    public int MostReplications { get; init; } = 32;

    /// <summary>For how many of the cheapest answers the greatest rate is looked for, at least 0.</summary>
    /// <value>3.</value>
    public int AnswersWithHeadroom { get; init; } = 3;

    /// <summary>Replications at a time, at least 1; the answer does not depend on it.</summary>
    /// <value>One per core.</value>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>The factor on compute times that fleets are planned for: what the calibration error exceeds in 1 - confidence of the cases.</summary>
    public double PlannedFactor => CalibrationError?.Quantile(Confidence) ?? 1;
}
