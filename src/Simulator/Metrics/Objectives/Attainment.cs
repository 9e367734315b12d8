namespace SimServe.Simulator.Metrics.Objectives;

/// <summary>How many requests met their objective.</summary>
/// <param name="Good">Requests that completed within it.</param>
/// <param name="Decided">Requests of which it is known: all with an objective but those that were cut off before it had passed.</param>
public readonly record struct Attainment(long Good, long Decided)
{
    /// <summary>The share, from 0 to 1; null when nothing was promised to anybody.</summary>
    public double? Share => Decided > 0 ? (double)Good / Decided : null;

    /// <summary>Lower end of its 95 % interval (Wilson).</summary>
    public double Low => Confidence.Wilson95(Good, Decided).Low;

    /// <summary>Upper end of its 95 % interval (Wilson).</summary>
    public double High => Confidence.Wilson95(Good, Decided).High;
}
