namespace SimServe.Policies;

/// <summary>What one block asks of a device's compute units: the features cost models predict from.</summary>
/// <param name="Members">Requests in the batch: attention runs once for each.</param>
/// <param name="Rows">Token rows that run through every projection.</param>
/// <param name="ReusedRows">The template's rows, which are normalised, projected to keys and values and rotated, and go no further.</param>
/// <param name="LinearFlops">Floating-point operations in matrix products with weights.</param>
/// <param name="AttentionFlops">Floating-point operations in score and value products.</param>
public readonly record struct Work(int Members, long Rows, long ReusedRows, long LinearFlops, long AttentionFlops)
{
    /// <summary>All floating-point operations.</summary>
    public long Flops => LinearFlops + AttentionFlops;

    /// <summary>The same work for several requests in one batch.</summary>
    /// <param name="members">Requests, at least 1.</param>
    public Work Times(int members) =>
        new(Members * members, Rows * members, ReusedRows * members, LinearFlops * members, AttentionFlops * members);
}
