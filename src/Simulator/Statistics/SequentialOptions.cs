namespace SimServe.Simulator.Statistics;

/// <summary>How long to compare, and how certain to be.</summary>
public sealed record SequentialOptions
{
    /// <summary>Variants, at least 2; each is compared with the first.</summary>
    public required int Variants { get; init; }

    /// <summary>Most replications of each variant, at least 2.</summary>
    /// <value>256.</value>
    public int MostReplications { get; init; } = 256;

    /// <summary>Probability that all verdicts of the run are right at once, above 0 and below 1.</summary>
    /// <value>0.95.</value>
    public double Confidence { get; init; } = 0.95;

    /// <summary>Differences below this share of the first variant's mean do not matter, at least 0.</summary>
    /// <value>0.01.</value>
    public double Indifference { get; init; } = 0.01;

    /// <summary>Replications at a time, at least 1; the result does not depend on it.</summary>
    /// <value>One per core.</value>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
