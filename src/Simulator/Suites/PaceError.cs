namespace SimServe.Simulator.Suites;

/// <summary>How little the paces measured around a run say of the pace in it.</summary>
public static class PaceError
{
    /// <summary>Works it out from the paces themselves, before any run is looked at.</summary>
    /// <param name="pairs">Pace before and after every run.</param>
    /// <returns>Standard deviation of the logarithm of a run's pace around the mean of the two.</returns>
    /// <remarks>
    /// With paces measured with error e on a machine that drifts, the logarithms of the two differ with variance 2 e² + drift², and their mean is off the run's own pace with e² / 2 and at most
    /// drift² / 4 (a machine that changes in one jump, at a time that nobody knows, during the run): a quarter of the one covers the other.
    /// </remarks>
    public static double Of(IReadOnlyList<(double Before, double After)> pairs) =>
        pairs.Count == 0 ? 0 : Math.Sqrt(pairs.Average(static pair => Math.Pow(Math.Log(pair.After / pair.Before), 2)) / 4);
}
