namespace SimServe.Policies;

/// <summary>What a block asks of a device's compute units: the features cost models predict from.</summary>
/// <param name="Members">Requests in the batch: attention runs once for each.</param>
/// <param name="Rows">Token rows that run through every projection.</param>
/// <param name="ReusedRows">The template's rows, which are normalised, projected to keys and values and rotated, and go no further.</param>
/// <param name="LinearFlops">Floating-point operations in matrix products with weights.</param>
/// <param name="AttentionFlops">Floating-point operations in score and value products.</param>
/// <param name="ConvolutionFlops">Floating-point operations in convolutions, 1x1 ones included.</param>
public readonly record struct Work(int Members, long Rows, long ReusedRows, long LinearFlops, long AttentionFlops, long ConvolutionFlops = 0)
{
    /// <summary>All floating-point operations, two for each multiply-add.</summary>
    public long Flops => LinearFlops + AttentionFlops + ConvolutionFlops;

    /// <summary>Two pieces of work, both done.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static Work operator +(Work left, Work right) => new(
        left.Members + right.Members,
        left.Rows + right.Rows,
        left.ReusedRows + right.ReusedRows,
        left.LinearFlops + right.LinearFlops,
        left.AttentionFlops + right.AttentionFlops,
        left.ConvolutionFlops + right.ConvolutionFlops);

    /// <summary>The same work several times: for several requests in one batch, or for several rows.</summary>
    /// <param name="count">0 or more.</param>
    public Work Times(long count) => new(
        (int)(Members * count),
        Rows * count,
        ReusedRows * count,
        LinearFlops * count,
        AttentionFlops * count,
        ConvolutionFlops * count);

    /// <summary>What is taken off where it is not computed: its operations, but not its rows.</summary>
    internal Work Saved() => new(0, 0, 0, -LinearFlops, -AttentionFlops, -ConvolutionFlops);
}
