using SimServe.Policies.Costs;

namespace SimServe.Policies.Residency;

/// <summary>Chooses what devices keep of templates in their memory, when not all of all templates fits: fewer blocks of more templates, or more blocks of fewer.</summary>
/// <remarks>
/// Of the choices of <see cref="ResidencyPlanner"/> it takes the one with the least expected time of a step: a batch whose templates are all among the most popular ones that
/// fit takes the choice's time, any other that of a device that keeps nothing. What caches really hold is their eviction's business; this is the share that
/// they would serve if they held the most popular ones.
/// </remarks>
public static class TemplateResidency
{
    /// <summary>Chooses the blocks whose rows devices keep.</summary>
    /// <param name="model">The model.</param>
    /// <param name="device">Predicts the device's times.</param>
    /// <param name="members">Requests of a usual batch, at least 1.</param>
    /// <param name="maskedTokens">Sum of their masked tokens.</param>
    /// <param name="steps">Denoising steps of a template's recording, at least 1.</param>
    /// <param name="deviceBytes">The device's memory for templates, bytes.</param>
    /// <param name="popularity">Each template's share of the requests.</param>
    /// <returns>For every block whether its rows are kept; none are where that makes no step faster.</returns>
    public static bool[] Choose(
        ModelShape model, ICostModel device, int members, int maskedTokens, int steps, long deviceBytes, IEnumerable<double> popularity)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(device);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        var whole = model with { KeptBlocks = null };
        var costs = new BlockCost[model.Blocks.Count];
        BatchCosts.Fill(whole, device, members, maskedTokens, costs);
        long[] bytes = [.. Enumerable.Range(0, costs.Length).Select(block => whole.BlockCacheBytes(block, steps))];
        var front = new ResidencyPlanner().Front(costs, bytes, deviceBytes);
        double[] shares = [.. popularity.OrderDescending()];
        return [.. front.MinBy(choice => Expected(choice, front[0].StepTime, shares, deviceBytes))!.Blocks];
    }

    private static double Expected(ResidentBlocks choice, TimeSpan nothingKept, double[] shares, long deviceBytes)
    {
        var fit = choice.Bytes == 0 ? 0 : (int)Math.Min(shares.Length, deviceBytes / choice.Bytes);
        var served = shares.Take(fit).Sum();
        return (served * choice.StepTime.TotalSeconds) + ((1 - served) * nothingKept.TotalSeconds);
    }
}
