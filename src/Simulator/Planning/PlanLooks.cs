using SimServe.Simulator.Statistics;

namespace SimServe.Simulator.Planning;

/// <summary>When to look at a fleet's replications: as <see cref="LookSchedule"/>, but once before, since most fleets miss by far.</summary>
internal static class PlanLooks
{
    public const int First = 4;

    // The shares of the error sum to the error: Bonferroni's inequality holds as before.
    public static IReadOnlyList<Look> Of(int most, double error)
    {
        var looks = LookSchedule.Of(most, error);
        var share = looks[0].Error * First / looks[0].Replications;
        return [new Look(First, share), looks[0] with { Error = looks[0].Error - share }, .. looks.Skip(1)];
    }
}
