namespace SimServe.Simulator.Statistics;

/// <summary>A finished comparison.</summary>
/// <param name="Samples">The metric by variant and replication; a variant whose verdict was clear early has fewer.</param>
/// <param name="Pairs">Every variant but the first, compared with the first, in order.</param>
public sealed record SequentialResult(IReadOnlyList<IReadOnlyList<double>> Samples, IReadOnlyList<PairedComparison> Pairs);
