using SimServe.Policies;

namespace SimServe.Simulator.Planning;

/// <summary>The latency within which a request is good.</summary>
/// <param name="objective">The objective.</param>
/// <param name="reference">Latency alone on the reference device, for the relative bound.</param>
internal sealed class RequestBounds(ServiceObjective objective, AloneLatency? reference)
{
    public double Of(Request request)
    {
        var bound = objective.Seconds ?? double.PositiveInfinity;
        return objective.TimesAlone is { } times ? Math.Min(bound, times * reference!.Seconds(request.Mask.MaskedTokens, request.Steps)) : bound;
    }
}
