namespace SimServe.Policies.Routing;

/// <summary>The worker with the fewest masked tokens in its unfinished requests; the first of equals.</summary>
/// <remarks>
/// The baseline "TokNum" of FlashPS (EuroSys '26, section 5). Sees that a large edit is more work than a small one, but neither how many steps are left nor
/// what a step costs beside its masked tokens: loads, and the part of a step that is the same for all.
/// </remarks>
public sealed class LeastMaskedTokens : IRoutingPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "least-masked-tokens";

    /// <inheritdoc/>
    public int Choose(in Request request, FleetView fleet, Instant now)
    {
        var workers = fleet.Workers;
        var (best, fewest) = (0, workers[0].MaskedTokens);
        for (var i = 1; i < workers.Length; i++)
        {
            var tokens = workers[i].MaskedTokens;
            if (tokens < fewest)
            {
                (best, fewest) = (i, tokens);
            }
        }

        return best;
    }
}
