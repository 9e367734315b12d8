namespace SimServe.Simulator.Catalogue;

/// <summary>A published latency that no share was fitted to, beside what the cost model says of it.</summary>
/// <param name="Published">The measurement.</param>
/// <param name="PredictedSeconds">What the cost model says, seconds.</param>
public sealed record EfficiencyCheck(PublishedLatency Published, double PredictedSeconds)
{
    /// <summary>Relative error of the cost model: below 0 where it is too fast.</summary>
    public double Error => (PredictedSeconds / Published.Seconds) - 1;
}
