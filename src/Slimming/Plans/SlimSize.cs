namespace SimServe.Slimming.Plans;

/// <summary>What a model weighs and computes.</summary>
/// <param name="Parameters">Numbers that were learned.</param>
/// <param name="Macs">Multiplications with an addition in one pass of one sample at the target's size of images.</param>
public readonly record struct SlimSize(long Parameters, long Macs);
