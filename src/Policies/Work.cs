namespace SimServe.Policies;

/// <summary>What one block asks of a device's compute units: the features cost models predict from.</summary>
/// <param name="Members">Requests in the batch: attention runs once for each.</param>
/// <param name="Rows">Token rows that run through every projection.</param>
/// <param name="LinearFlops">Floating-point operations in matrix products with weights.</param>
/// <param name="AttentionFlops">Floating-point operations in score and value products.</param>
public readonly record struct Work(int Members, long Rows, long LinearFlops, long AttentionFlops)
{
    /// <summary>All floating-point operations.</summary>
    public long Flops => LinearFlops + AttentionFlops;

    /// <summary>The sum of two pieces of work in one batch.</summary>
    public static Work operator +(Work left, Work right) => new(
        left.Members + right.Members,
        left.Rows + right.Rows,
        left.LinearFlops + right.LinearFlops,
        left.AttentionFlops + right.AttentionFlops);
}
