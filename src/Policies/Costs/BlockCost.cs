namespace SimServe.Policies.Costs;

/// <summary>What one block of one step costs a batch in each mode: the planner's whole view of a block.</summary>
/// <param name="Plain">Compute time without reuse.</param>
/// <param name="Cached">Compute time with the template's rows loaded.</param>
/// <param name="Recomputed">Compute time with the template's rows computed again by the previous block.</param>
/// <param name="Load">Copy time of the template's unmasked rows, in mode <see cref="BlockMode.Cached"/>.</param>
/// <param name="ResumeLoad">
/// Extra copy time in mode <see cref="BlockMode.Recomputed"/> when the previous block is <see cref="BlockMode.Cached"/>: the template's
/// masked and text rows, without which the previous block cannot be run again.
/// </param>
/// <param name="AlwaysResumes">
/// Whether <paramref name="ResumeLoad"/> is due in mode <see cref="BlockMode.Recomputed"/> whatever the previous block's mode: the template's
/// computation does not reach the previous block by itself, because that block follows convolutions.
/// </param>
/// <param name="Rule">After what the block can be <see cref="BlockMode.Recomputed"/>.</param>
public readonly record struct BlockCost(
    TimeSpan Plain, TimeSpan Cached, TimeSpan Recomputed, TimeSpan Load, TimeSpan ResumeLoad, bool AlwaysResumes = false, RecomputeRule Rule = RecomputeRule.Anywhere)
{
    /// <summary>Compute time in a mode.</summary>
    /// <param name="mode">The mode.</param>
    public TimeSpan Compute(BlockMode mode) => mode switch
    {
        BlockMode.Plain => Plain,
        BlockMode.Cached => Cached,
        BlockMode.Recomputed => Recomputed,
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "Unknown block mode."),
    };

    /// <summary>Copy time in a mode.</summary>
    /// <param name="mode">The mode.</param>
    /// <param name="previous">The previous block's mode; <see cref="BlockMode.Plain"/> for the first block.</param>
    /// <exception cref="ArgumentException">The block cannot be run so: see <see cref="Allows"/>.</exception>
    public TimeSpan Copy(BlockMode mode, BlockMode previous) => mode switch
    {
        BlockMode.Plain => TimeSpan.Zero,
        BlockMode.Cached => Load,
        BlockMode.Recomputed when !Allows(mode, previous) => throw new ArgumentException($"A block whose rule is {Rule} cannot be recomputed after one that is {previous}.", nameof(mode)),
        BlockMode.Recomputed => Resumes(previous) ? ResumeLoad : TimeSpan.Zero,
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "Unknown block mode."),
    };

    /// <summary>Whether a mode is possible.</summary>
    /// <param name="mode">The mode.</param>
    /// <param name="previous">The previous block's mode; <see cref="BlockMode.Plain"/> for the first block.</param>
    public bool Allows(BlockMode mode, BlockMode previous) => mode != BlockMode.Recomputed || Rule switch
    {
        RecomputeRule.Anywhere => true,
        RecomputeRule.FromStart => previous != BlockMode.Cached,
        _ => false,
    };

    private bool Resumes(BlockMode previous) => AlwaysResumes || previous == BlockMode.Cached;
}
