namespace SimServe.Simulator.Metrics.Stages;

/// <summary>What would remove most of the 99th percentile of latency.</summary>
/// <param name="Requests">Requests of the tail: those whose latency lies in the bucket of the 99th percentile or above.</param>
/// <param name="P99">The 99th percentile as the buckets give it, s.</param>
/// <param name="Causes">Every stage, the one that saves most first.</param>
public sealed record TailReport(long Requests, double P99, IReadOnlyList<TailCause> Causes);
