namespace SimServe.Simulator.Metrics.WarmUps;

/// <summary>Finds how much of the start of a series to leave out: the marginal standard error rule, MSER.</summary>
/// <remarks>
/// White, "An effective truncation heuristic for bias reduction in simulation output" (Simulation 69, 1997): of all truncations, the one
/// whose remaining mean has the least squared standard error, over batch means (of 5: MSER-5, as White, Cobb and Spratt recommend in "A comparison of five
/// steady-state truncation heuristics for simulation", 2000). Truncations of more than half of the series are not considered: a minimum at the
/// border says that the run is too short.
/// </remarks>
public static class MarginalStandardError
{
    /// <summary>Chooses.</summary>
    /// <param name="means">The series, as batch means in order.</param>
    /// <returns>How many means to leave out, and whether the series is long enough to tell: the minimum is not at the border.</returns>
    public static (int Truncate, bool IsSettled) Choose(ReadOnlySpan<double> means)
    {
        // From the end, so that every truncation costs one step.
        var (mean, squares, best, least) = (0.0, 0.0, 0, double.PositiveInfinity);
        var border = means.Length / 2;
        for (var i = means.Length - 1; i >= 0; i--)
        {
            double kept = means.Length - i;
            var difference = means[i] - mean;
            mean += difference / kept;
            squares += difference * (means[i] - mean);
            if (i <= border && squares / (kept * kept) <= least)
            {
                (best, least) = (i, squares / (kept * kept));
            }
        }

        return (best, means.Length >= 4 && best < border);
    }
}
