namespace SimServe.Simulator.Statistics;

/// <summary>When to look at growing samples, and how much error each look may make.</summary>
/// <remarks>
/// <para>
/// Looks at 8, 16, 32, ... samples and at the most. A look at <c>n_k</c> of at most <c>N</c> samples spends
/// <c>error (n_k - n_(k-1)) / N</c>, so all looks together spend <c>error</c>: whatever the dependence between them, the probability that
/// any of their intervals misses is at most that (Bonferroni's inequality), and stopping at any look is safe. Early looks spend
/// little, and half or more is left for the last doubling, as with O'Brien and Fleming's boundaries.
/// </para>
/// <para>
/// Source: Lan and DeMets, "Discrete sequential boundaries for clinical trials", Biometrika 70 (1983), the spending function
/// <c>alpha t</c>. Simplified: each increment is used by itself instead of through the joint distribution of the looks, which is
/// conservative and needs no numerical integration.
/// </para>
/// </remarks>
public static class LookSchedule
{
    /// <summary>Samples of each variant at the first look, unless fewer are allowed at all.</summary>
    public const int First = 8;

    /// <summary>The looks, in order.</summary>
    /// <param name="most">Most samples of each variant, at least 2.</param>
    /// <param name="error">Probability that any look's interval may miss, above 0 and below 1.</param>
    public static IReadOnlyList<Look> Of(int most, double error)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 2);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(error);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(error, 1);
        var looks = new List<Look>();
        var before = 0;
        for (long next = First; before < most; next *= 2)
        {
            var count = (int)Math.Min(next, most);
            looks.Add(new Look(count, error * (count - before) / most));
            before = count;
        }

        return looks;
    }
}
