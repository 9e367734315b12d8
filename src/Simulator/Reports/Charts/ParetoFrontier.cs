namespace SimServe.Simulator.Reports.Charts;

/// <summary>Which candidates no other beats.</summary>
public static class ParetoFrontier
{
    /// <summary>Finds the candidates that no other dominates: is at least as good in both goals and better in one.</summary>
    /// <param name="points">Candidates by two finite goals; equal ones are on the frontier together.</param>
    /// <param name="lowerXIsBetter">Whether less x is better.</param>
    /// <param name="higherYIsBetter">Whether more y is better.</param>
    /// <returns>For every candidate whether it is on the frontier.</returns>
    /// <remarks>By one pass in order of x: O(n log n).</remarks>
    public static bool[] Of(IReadOnlyList<(double X, double Y)> points, bool lowerXIsBetter = true, bool higherYIsBetter = true)
    {
        ArgumentNullException.ThrowIfNull(points);
        var goals = points.Select(point => (Cost: lowerXIsBetter ? point.X : -point.X, Gain: higherYIsBetter ? point.Y : -point.Y)).ToArray();
        var order = Enumerable.Range(0, goals.Length).OrderBy(index => goals[index].Cost).ThenByDescending(index => goals[index].Gain);
        var isOnFrontier = new bool[goals.Length];
        (double Cost, double Gain)? last = null;
        foreach (var index in order)
        {
            if (last is null || goals[index].Gain > last.Value.Gain || goals[index] == last.Value)
            {
                isOnFrontier[index] = true;
                last = goals[index];
            }
        }

        return isOnFrontier;
    }
}
