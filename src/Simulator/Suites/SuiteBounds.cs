namespace SimServe.Simulator.Suites;

/// <summary>How far predictions may be from what is measured.</summary>
public sealed record SuiteBounds
{
    /// <summary>Of mean latency, relative.</summary>
    /// <value>0.05.</value>
    public double LatencyMean { get; init; } = 0.05;

    /// <summary>Of the 95 % quantile of latency, relative.</summary>
    /// <value>0.1.</value>
    public double LatencyP95 { get; init; } = 0.1;

    /// <summary>Of throughput, relative.</summary>
    /// <value>0.03.</value>
    public double Throughput { get; init; } = 0.03;

    /// <summary>Least share of the steps in which a replay decides what the real run decided.</summary>
    /// <value>0.99.</value>
    public double Decisions { get; init; } = 0.99;
}
