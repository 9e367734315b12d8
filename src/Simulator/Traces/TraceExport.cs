using SimServe.Policies;
using SimServe.Policies.Serving;

namespace SimServe.Simulator.Traces;

/// <summary>Writes a workload as a trace, which replays as the same requests.</summary>
/// <remarks>
/// Adapters and tenants get names of their numbers (<c>controlnet-3</c>, <c>lora-17</c>, <c>tenant-2</c>; tenant 0 has none). A trace has no place for prompts,
/// service classes, shapes of masks and users' patience: a replay with the same options and seed draws the same.
/// </remarks>
public static class TraceExport
{
    /// <summary>The requests from outside of a source, as records of a trace.</summary>
    /// <param name="source">A source that has not been asked for a request; it is read as records are asked for.</param>
    /// <remarks>A closed loop has only its users' first requests without a run.</remarks>
    public static IEnumerable<TraceRequest> Of(IRequestSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Records(source);
    }

    /// <summary>One request as a record of a trace.</summary>
    /// <param name="request">The request.</param>
    public static TraceRequest Of(in Request request) => new()
    {
        Id = request.Id.Value,
        ArrivesAt = request.ArrivesAt,
        Template = request.Template.Value,
        MaskRatio = request.Mask.Ratio,
        Steps = request.Steps,
        Seed = request.Seed,
        Size = new TraceSize(request.Mask.Grid.Width, request.Mask.Grid.Height),
        ControlNets = NamesOf(request.Adapters.ControlNets, "controlnet"),
        Loras = NamesOf(request.Adapters.Loras, "lora"),
        Tenant = request.Tenant.Value == 0 ? "" : $"tenant-{request.Tenant.Value}",
    };

    private static IEnumerable<TraceRequest> Records(IRequestSource source)
    {
        while (source.TryNext(out var request))
        {
            yield return Of(request);
        }
    }

    private static string[] NamesOf(IReadOnlyList<int> numbers, string kind) => [.. numbers.Select(number => $"{kind}-{number}")];
}
