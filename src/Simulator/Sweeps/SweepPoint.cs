namespace SimServe.Simulator.Sweeps;

/// <summary>One point of the grid.</summary>
/// <param name="Index">Its place in the grid, from 0.</param>
/// <param name="Values">The value of every axis, in the axes' order.</param>
public sealed record SweepPoint(int Index, IReadOnlyList<SweepValue> Values);
