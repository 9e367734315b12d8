using System.Text.Json.Serialization;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Scenarios;

/// <summary>The requests of a scenario. What is null the scenario does not say.</summary>
/// <param name="Requests">How many, at least 1; of a trace at most.</param>
/// <param name="RatePerSecond">Arrival rate, requests/s: the mean, or what the multipliers of the arrivals multiply.</param>
/// <param name="Masks">Name of the mask-ratio distribution of requests without a drawn mask.</param>
/// <param name="TemplateSkew">Zipf exponent of template popularity; 0 is uniform.</param>
public sealed record WorkloadSource(int Requests, double RatePerSecond, string Masks, double TemplateSkew)
{
    /// <summary>Prompts to draw from, at least one; null: what the served model knows.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Prompts { get; init; }

    /// <summary>Tokens around each mask that are computed and not edited; null: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MaskMargin { get; init; }

    /// <summary>How arrivals are spread over time; null: a Poisson process.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ArrivalPattern? Arrivals { get; init; }

    /// <summary>Number of templates where none are listed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Templates { get; init; }

    /// <summary>Numbers of steps that requests choose from; null: the scenario's steps.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<StepChoice>? Steps { get; init; }

    /// <summary>Sizes of images that templates choose from; null: the model's own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ResolutionChoice>? Resolutions { get; init; }

    /// <summary>Number of tenants; null: one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Tenants { get; init; }

    /// <summary>Zipf exponent of how much tenants send; null: uniform.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? TenantSkew { get; init; }

    /// <summary>Name of the population of adapters; null: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Adapters { get; init; }

    /// <summary>Number of neighbourhoods within which requests resemble earlier ones in their adapters; null: one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? AdapterNeighbourhoods { get; init; }

    /// <summary>Users who think between an answer and the next request; null: an open workload.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ClosedLoopOptions? ClosedLoop { get; init; }

    /// <summary>Users who give up; null: every user waits.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CancellationOptions? Cancellation { get; init; }

    /// <summary>The trace that is replayed; null: requests are drawn.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TraceSource? Trace { get; init; }
}
