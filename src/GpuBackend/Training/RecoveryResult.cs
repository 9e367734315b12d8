namespace SimServe.GpuBackend.Training;

/// <summary>What teaching a slim model again has brought.</summary>
/// <param name="Teacher">Validation loss of the model that it was cut from.</param>
/// <param name="Before">Validation loss of the slim model as it was cut.</param>
/// <param name="Points">Loss and validation loss at every checkpoint.</param>
public sealed record RecoveryResult(double Teacher, double Before, IReadOnlyList<TrainingPoint> Points)
{
    /// <summary>Validation loss at the end.</summary>
    public double After => Points.Count == 0 ? Before : Points[^1].Validation;
}
