namespace SimServe.Simulator.Traces;

/// <summary>Size of an image.</summary>
/// <param name="Width">Pixels, at least 1.</param>
/// <param name="Height">Pixels, at least 1.</param>
public readonly record struct TraceSize(int Width, int Height);
