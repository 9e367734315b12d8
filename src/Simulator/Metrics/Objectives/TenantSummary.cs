namespace SimServe.Simulator.Metrics.Objectives;

/// <summary>The measured requests of a tenant.</summary>
/// <param name="Tenant">Its number.</param>
/// <param name="Ended">Requests that ended, however.</param>
/// <param name="Completed">Of those, completed.</param>
/// <param name="Attainment">How many met their objective.</param>
/// <param name="MeanLatencySeconds">Mean latency of those that completed, s; 0 when none did.</param>
public sealed record TenantSummary(int Tenant, long Ended, long Completed, Attainment Attainment, double MeanLatencySeconds)
{
    /// <summary>Share of its requests that completed, from 0 to 1.</summary>
    public double Served => Ended > 0 ? (double)Completed / Ended : 0;
}
