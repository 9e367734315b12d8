namespace SimServe.Simulator.Metrics.Objectives;

/// <summary>How evenly something is shared.</summary>
public static class Fairness
{
    /// <summary>Jain's index: (sum x)^2 / (n sum x^2), from 1/n (one has everything) to 1 (all have the same).</summary>
    /// <param name="shares">Not negative.</param>
    /// <returns>Null when there is nobody or nothing to share.</returns>
    /// <remarks>Jain, Chiu and Hawe, "A quantitative measure of fairness and discrimination for resource allocation in shared computer systems" (1984).</remarks>
    public static double? Jain(IReadOnlyCollection<double> shares)
    {
        var squares = shares.Sum(static share => share * share);
        var sum = shares.Sum();
        return squares > 0 ? sum * sum / (shares.Count * squares) : null;
    }
}
