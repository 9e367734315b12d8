namespace SimServe.Simulator.Planning;

/// <summary>How many requests a replication needs.</summary>
public static class ReplicationLength
{
    private const int Least = 1500;
    private const int MostRequests = 200_000;
    private const int Latencies = 40;

    /// <summary>Requests of one replication where a plan does not say: as many as arrive in forty latencies of the slowest kind of device, at least 1500.</summary>
    /// <param name="question">The question, with any number of requests.</param>
    /// <remarks>The fifth that is left out then lasts eight latencies: long enough for an empty fleet to fill.</remarks>
    public static int Of(CapacityQuestion question)
    {
        var sample = new PlanWorkload(question.Workload with { Requests = 50 }, question.Model.Grid, question.Seed).Of(0, 1);
        var slowest = question.Options.Max(option =>
        {
            var alone = new AloneLatency(question.Model, option.Costs, question.Policies);
            return sample.Max(request => alone.Seconds(request.Mask.MaskedTokens, request.Steps));
        });
        return (int)Math.Clamp(LongRunRate.Of(question.Workload) * Latencies * slowest, Least, MostRequests);
    }
}
