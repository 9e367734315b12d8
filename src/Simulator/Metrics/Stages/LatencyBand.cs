namespace SimServe.Simulator.Metrics.Stages;

/// <summary>Where the requests of a band of latencies spent their time, e.g. the slowest in a hundred.</summary>
/// <param name="From">The band's lower end as a share of the requests in order of latency, e.g. 0.99.</param>
/// <param name="To">Its upper end, e.g. 1.</param>
/// <param name="Requests">Requests in it. A bucket of latencies lies in the band of its middle request as a whole.</param>
/// <param name="Seconds">Their mean time in every stage, s, by the stage's name; stages sum to their mean latency.</param>
public sealed record LatencyBand(double From, double To, long Requests, IReadOnlyDictionary<string, double> Seconds);
