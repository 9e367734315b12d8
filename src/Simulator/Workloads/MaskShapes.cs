using SimServe.Policies;

namespace SimServe.Simulator.Workloads;

/// <summary>Turns mask ratios into masks that look as if someone had painted them: one connected blob with a ragged edge.</summary>
/// <remarks>
/// The blob grows token by token from a random place, always by the neighbour that lies lowest on a noisy ellipse of random direction
/// and aspect ratio (1 to 3), so it is connected (by edges) and has exactly the number of tokens asked for. FlashPS's latency runs mask the first tokens instead
/// (<c>generated_seqlen</c> in its artifact); costs depend on the number only, images on the shape.
/// </remarks>
public static class MaskShapes
{
    private const double MaxAspectRatio = 3;
    private const double Raggedness = 0.5;

    /// <summary>Number of tokens that a mask ratio stands for.</summary>
    /// <param name="ratio">From 0 to 1.</param>
    /// <param name="grid">The model's grid.</param>
    /// <returns>ratio * tokens to the nearest whole number, at least 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The ratio is not from 0 to 1.</exception>
    public static int TokensFor(double ratio, TokenGrid grid)
    {
        if (!(ratio >= 0 && ratio <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(ratio), ratio, "A mask ratio must be a number from 0 to 1.");
        }

        return Math.Max(1, (int)Math.Round(ratio * grid.Count, MidpointRounding.AwayFromZero));
    }

    /// <summary>A blob of a given ratio.</summary>
    /// <param name="grid">The model's grid.</param>
    /// <param name="ratio">From 0 to 1; the mask gets <see cref="TokensFor"/> tokens, exactly.</param>
    /// <param name="random">Decides place, direction, aspect ratio and edge.</param>
    /// <exception cref="ArgumentOutOfRangeException">The ratio is not from 0 to 1.</exception>
    public static EditMask Blob(TokenGrid grid, double ratio, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var tokens = new int[TokensFor(ratio, grid)];
        new BlobGrowth(grid, random, MaxAspectRatio, Raggedness).Fill(tokens);
        return EditMask.FromTokens(grid, tokens);
    }
}
