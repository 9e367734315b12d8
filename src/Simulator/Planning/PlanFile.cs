using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using SimServe.Policies;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Planning;

/// <summary>What a plan file says, as far as it can be known without the model.</summary>
public sealed record PlanFile
{
    /// <summary>Name in reports and of the results' folder.</summary>
    public required string Name { get; init; }

    /// <summary>Seed of every random stream.</summary>
    public required int Seed { get; init; }

    /// <summary>Name of the published model.</summary>
    public required string Model { get; init; }

    /// <summary>Denoising steps of every request.</summary>
    public required int Steps { get; init; }

    /// <summary>Arrival rate, requests/s: the mean, or what the multipliers of the arrivals multiply.</summary>
    public required double RatePerSecond { get; init; }

    /// <summary>How arrivals are spread over time; <c>null</c> for a Poisson process.</summary>
    public required ArrivalPattern? Arrivals { get; init; }

    /// <summary>Name of the mask-ratio distribution.</summary>
    public required string Masks { get; init; }

    /// <summary>Templates that requests edit.</summary>
    public required int Templates { get; init; }

    /// <summary>Zipf exponent of their popularity.</summary>
    public required double TemplateSkew { get; init; }

    /// <summary>When a fleet is good enough.</summary>
    public required ServiceObjective Objective { get; init; }

    /// <summary>What fleets may be made of.</summary>
    public required IReadOnlyList<PlanCandidate> Candidates { get; init; }

    /// <summary>The policies.</summary>
    public required PolicyOptions Policies { get; init; }

    /// <summary>What workers sit in; <c>null</c> where every template is at hand everywhere.</summary>
    public PlanHosts? Hosts { get; init; }

    /// <summary>The section <c>policies</c> word for word, or <c>null</c>: scenarios have the same.</summary>
    [JsonIgnore]
    public JsonObject? WrittenPolicies { get; init; }

    /// <summary>The section <c>fleet.host</c> word for word, or <c>null</c>: scenarios have the same.</summary>
    [JsonIgnore]
    public JsonObject? WrittenHost { get; init; }

    /// <summary>Workers that may be lost while the objective is still met.</summary>
    public required int Spares { get; init; }

    /// <summary>Whether fleets of two kinds are looked at.</summary>
    public required bool Mixes { get; init; }

    /// <summary>Confidence of the verdicts.</summary>
    public required double Confidence { get; init; }

    /// <summary>How wrong the cost models may be, or <c>null</c>.</summary>
    public required CalibrationError? CalibrationError { get; init; }

    /// <summary>Requests of one replication; <c>null</c>: see <see cref="ReplicationLength"/>.</summary>
    public required int? Requests { get; init; }

    /// <summary>Most replications of one fleet.</summary>
    public required int Replications { get; init; }
}
