namespace SimServe.Policies.Residency;

/// <summary>Which blocks' rows of a template stay in the device's memory, and how fast a step is then.</summary>
/// <param name="Blocks">For every block, whether the rows that it would load stay there.</param>
/// <param name="Bytes">What that takes of the device's memory.</param>
/// <param name="StepTime">Time of the fastest plan of a step without its overhead, everything else loaded or recomputed.</param>
public sealed record ResidentBlocks(IReadOnlyList<bool> Blocks, long Bytes, TimeSpan StepTime);
