namespace SimServe.Policies.Routing;

/// <summary>Of two workers drawn at random the one with fewer unfinished requests; the first drawn of equals.</summary>
/// <param name="stream">Where the draws come from: two numbers for every decision, however large the fleet.</param>
/// <remarks>
/// <para>
/// Source: Mitzenmacher, "The power of two choices in randomized load balancing" (IEEE TPDS 2001). Two looks instead of one bring the fullest of n
/// workers from about log n / log log n requests down to about log log n / log 2; a third look gains little more.
/// </para>
/// <para>Routers that share no state do not all send their requests to the same worker when their information is old, as those that look for the least do.</para>
/// </remarks>
public sealed class PowerOfTwoChoices(RandomStream stream) : IRoutingPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "power-of-two";

    /// <inheritdoc/>
    public int Choose(in Request request, FleetView fleet, Instant now)
    {
        var first = (int)(stream.NextDouble() * fleet.Count);
        var second = (int)(stream.NextDouble() * (fleet.Count - 1));
        if (fleet.Count == 1)
        {
            return 0;
        }

        // Skipping the first makes the second one of the others, all equally likely.
        second += second >= first ? 1 : 0;
        return fleet.Requests(second) < fleet.Requests(first) ? second : first;
    }
}
