namespace SimServe.Simulator.Workloads;

/// <summary>A spike of <see cref="SpikesPattern"/>.</summary>
/// <param name="AtSeconds">When it begins, seconds after the start of the run, at least 0.</param>
/// <param name="Seconds">Its length in seconds, greater than 0.</param>
/// <param name="Multiplier">Its rate over the workload's, at least 0; below 1 it is a lull.</param>
public sealed record PatternSpike(double AtSeconds, double Seconds, double Multiplier)
{
    /// <summary>When it ends, seconds after the start of the run.</summary>
    internal double EndSeconds => AtSeconds + Seconds;
}
