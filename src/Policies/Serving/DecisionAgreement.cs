namespace SimServe.Policies.Serving;

/// <summary>How far two runs of the same requests decided alike, and where they first did not.</summary>
/// <param name="Routing">Requests compared.</param>
/// <param name="RoutingAgreed">Requests sent to the same worker in both runs.</param>
/// <param name="FirstDivergence">The first request sent elsewhere, with what both routers saw, or <c>null</c>.</param>
/// <param name="Joins">Requests that joined a batch in both runs.</param>
/// <param name="JoinsAgreed">Of those, the ones that joined the same worker's batch at the same batch size.</param>
public sealed record DecisionAgreement(
    int Routing,
    int RoutingAgreed,
    string? FirstDivergence,
    int Joins,
    int JoinsAgreed)
{
    /// <summary>Compares two logs.</summary>
    /// <param name="first">One run's decisions, e.g. the simulated run's.</param>
    /// <param name="second">The other run's decisions, e.g. the real run's.</param>
    public static DecisionAgreement Compare(DecisionLog first, DecisionLog second)
    {
        var count = Math.Min(first.Routing.Count, second.Routing.Count);
        var (agreed, divergence) = (0, (string?)null);
        for (var i = 0; i < count; i++)
        {
            if (first.Routing[i].Worker == second.Routing[i].Worker)
            {
                agreed++;
            }
            else
            {
                divergence ??= Explain(first.Routing[i], second.Routing[i]);
            }
        }

        var (joins, joinsAgreed) = CompareJoins(JoinSizes(first), JoinSizes(second));
        return new DecisionAgreement(count, agreed, divergence, joins, joinsAgreed);
    }

    private static Dictionary<RequestId, (WorkerId Worker, int Size)> JoinSizes(DecisionLog log)
    {
        var sizes = new Dictionary<RequestId, (WorkerId, int)>();
        foreach (var decision in log.Batching)
        {
            foreach (var request in decision.Admitted)
            {
                sizes[request] = (decision.Worker, decision.Running + decision.Admitted.Count);
            }
        }

        return sizes;
    }

    private static (int Joins, int Agreed) CompareJoins(
        Dictionary<RequestId, (WorkerId Worker, int Size)> first, Dictionary<RequestId, (WorkerId Worker, int Size)> second)
    {
        var (joins, agreed) = (0, 0);
        foreach (var (request, join) in first)
        {
            if (second.TryGetValue(request, out var other))
            {
                joins++;
                agreed += join == other ? 1 : 0;
            }
        }

        return (joins, agreed);
    }

    private static string Explain(RoutingDecision first, RoutingDecision second) =>
        $"request {first.Request.Id} at {first.At}: the first run chose {first.Worker} seeing {Describe(first)}; "
        + $"the second chose {second.Worker} seeing {Describe(second)}";

    private static string Describe(RoutingDecision decision) => string.Join(", ", decision.Seen.Select(static worker =>
        $"{worker.Id}: {worker.Running} running, {worker.Waiting} waiting, {worker.Requests.Sum(static request => request.RemainingSteps)} steps to go"));
}
