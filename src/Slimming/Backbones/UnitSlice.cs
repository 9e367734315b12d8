namespace SimServe.Slimming.Backbones;

/// <summary>Where units lie in a weight: unit i is index offset + i of an axis.</summary>
/// <param name="Tensor">Name of the weight in the model's files.</param>
/// <param name="Axis">0 for filters or rows, 1 for the columns that read them.</param>
/// <param name="Offset">Index of unit 0.</param>
/// <param name="IsVector">Whether the numbers of a unit here are part of its vector, whose covariance is analysed.</param>
public readonly record struct UnitSlice(string Tensor, int Axis, int Offset, bool IsVector);
