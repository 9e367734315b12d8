namespace SimServe.GpuBackend.Training;

/// <summary>How far a training has come.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Loss">Mean loss since the last point.</param>
/// <param name="Validation">What <see cref="TrainingTask.Validate"/> gave.</param>
public sealed record TrainingPoint(int Step, double Loss, double Validation);
