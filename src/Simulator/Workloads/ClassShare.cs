using System.Text.Json.Serialization;
using SimServe.Policies;

namespace SimServe.Simulator.Workloads;

/// <summary>A service class and its part of a workload.</summary>
/// <param name="Name">Name in scenarios and reports.</param>
/// <param name="Weight">How many requests are of it, relative to the other classes: finite, greater than 0.</param>
/// <param name="Priority">Higher goes first where a policy asks for it.</param>
/// <param name="ObjectiveSeconds">Latency objective in seconds, greater than 0, or <c>null</c> when nothing was promised.</param>
/// <param name="Masks">Name of the distribution of mask ratios of its requests, or <c>null</c> for the workload's.</param>
public sealed record ClassShare(
    string Name,
    double Weight = 1,
    int Priority = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? ObjectiveSeconds = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Masks = null)
{
    /// <summary>The class, as policies see it.</summary>
    public ServiceClass ToClass() =>
        new(Name, Priority, ObjectiveSeconds is { } seconds ? Duration.FromSeconds(seconds) : null);
}
