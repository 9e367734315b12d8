namespace SimServe.GpuBackend.Training.Quality;

/// <summary>How much is made to measure a model.</summary>
/// <param name="Captions">Pictures of each kind of caption, at least 2.</param>
/// <param name="Edits">Edits, at least 1.</param>
/// <param name="Repeated">Captions of which several pictures are made, at least 2.</param>
/// <param name="AddOns">Pictures with each add-on, at least 2.</param>
public sealed record MeasurementSize(int Captions, int Edits, int Repeated, int AddOns);
