namespace SimServe.Simulator.Planning;

/// <summary>How far the load may rise before a fleet misses the objective.</summary>
/// <param name="evaluator">Simulates.</param>
/// <param name="requestsPerSecond">The plan's load.</param>
internal sealed class HeadroomSearch(FleetEvaluator evaluator, double requestsPerSecond)
{
    private const int Halvings = 5;

    // By halving between the plan's load and the utilisation law's bound, on mean attainments; requests/s.
    public double Find(Fleet fleet, double mostRequestsPerSecond, double target)
    {
        var (meets, misses) = (1.0, Math.Max(1.0, mostRequestsPerSecond / requestsPerSecond));
        for (var i = 0; i < Halvings; i++)
        {
            var middle = (meets + misses) / 2;
            (meets, misses) = evaluator.Estimate(fleet, middle) >= target ? (middle, misses) : (meets, middle);
        }

        return meets * requestsPerSecond;
    }
}
