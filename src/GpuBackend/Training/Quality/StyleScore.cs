namespace SimServe.GpuBackend.Training.Quality;

/// <summary>How near pictures with a style adapter come to scenes painted in the style, by Fréchet distance.</summary>
/// <param name="Name">The adapter's folder.</param>
/// <param name="WithAdapter">Distance with the adapter.</param>
/// <param name="WithoutAdapter">Distance of the model's own pictures.</param>
public sealed record StyleScore(string Name, double WithAdapter, double WithoutAdapter);
