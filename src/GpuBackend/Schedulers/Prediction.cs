namespace SimServe.GpuBackend.Schedulers;

/// <summary>What a model's output says about a variance-preserving sample.</summary>
internal static class Prediction
{
    /// <summary>The clean sample.</summary>
    public static LinearForm Clean(this PredictionType type, NoiseMix mix) => type switch
    {
        PredictionType.Epsilon => new LinearForm(1 / mix.Signal, -mix.Noise / mix.Signal),
        PredictionType.Sample => new LinearForm(0, 1),
        PredictionType.Velocity => new LinearForm(mix.Signal, -mix.Noise),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown prediction."),
    };

    /// <summary>The noise.</summary>
    public static LinearForm Noise(this PredictionType type, NoiseMix mix) => type switch
    {
        PredictionType.Epsilon => new LinearForm(0, 1),
        PredictionType.Sample => new LinearForm(1 / mix.Noise, -mix.Signal / mix.Noise),
        PredictionType.Velocity => new LinearForm(mix.Noise, mix.Signal),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown prediction."),
    };
}
