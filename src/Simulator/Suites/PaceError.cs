namespace SimServe.Simulator.Suites;

/// <summary>How little the paces measured around a run say of the pace in it.</summary>
public static class PaceError
{
    /// <summary>The pace that is taken for a run: the geometric mean of those around it.</summary>
    /// <param name="before">Pace right before it.</param>
    /// <param name="after">Pace right after it.</param>
    public static double PaceBetween(double before, double after) => Math.Sqrt(before * after);

    /// <summary>Works it out from the paces themselves, before any run is looked at.</summary>
    /// <param name="pairs">Pace before and after every run.</param>
    /// <param name="length">Time in which a pace is measured over the mean time of a run.</param>
    /// <returns>Standard deviation of the logarithm of a run's pace around the mean of the two.</returns>
    /// <remarks>
    /// Of a machine whose pace fluctuates faster than runs follow each other, two measurements differ with twice the variance of one. Their mean is off the machine's usual pace with half of it, a
    /// quarter of the difference's, and the run's own pace with that of one measurement less by as much as the run is longer.
    /// </remarks>
    public static double Of(IReadOnlyList<(double Before, double After)> pairs, double length) =>
        pairs.Count == 0 ? 0 : Math.Sqrt(pairs.Average(static pair => Math.Pow(Math.Log(pair.After / pair.Before), 2)) * (0.25 + (length / 2)));
}
