namespace SimServe.Policies;

/// <summary>The link over which a worker loads cached activations has less bandwidth for a while.</summary>
/// <param name="At">From when on.</param>
/// <param name="Worker">The worker's number.</param>
/// <param name="For">For how long, greater than zero.</param>
/// <param name="Share">Share of its bandwidth that is left, above 0 to 1.</param>
public sealed record LinkBrownout(Instant At, int Worker, TimeSpan For, double Share) : Fault(At);
