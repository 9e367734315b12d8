namespace SimServe.Policies.Costs;

/// <summary>When one block of a step copies and computes, from the start of the step's first block.</summary>
/// <param name="CopyStart">When its rows start to move; equal to <paramref name="CopyEnd"/> when nothing moves.</param>
/// <param name="CopyEnd">When its rows have arrived.</param>
/// <param name="ComputeStart">When it starts to compute.</param>
/// <param name="ComputeEnd">When it has computed.</param>
public readonly record struct BlockTiming(TimeSpan CopyStart, TimeSpan CopyEnd, TimeSpan ComputeStart, TimeSpan ComputeEnd);
