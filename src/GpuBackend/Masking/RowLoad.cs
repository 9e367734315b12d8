namespace SimServe.GpuBackend.Masking;

/// <summary>One load of a step: which rows of which block's input.</summary>
/// <param name="Block">The block.</param>
/// <param name="Resume">Whether text and masked rows are loaded; otherwise unmasked rows.</param>
public readonly record struct RowLoad(int Block, bool Resume);
