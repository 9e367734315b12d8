namespace SimServe.GpuBackend.Training;

/// <summary>How long and how fast something is trained.</summary>
public sealed record TrainingSettings
{
    /// <summary>Steps of the optimizer, at least 1.</summary>
    public required int Steps { get; init; }

    /// <summary>Examples of a step, at least 1.</summary>
    public required int Batch { get; init; }

    /// <summary>The highest learning rate, above 0.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Steps in which the rate rises from 0; it falls to 0 along half a cosine afterwards.</summary>
    public int WarmUp { get; init; } = 100;

    /// <summary>Weight decay, 0 or more.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Share of the averages that a step keeps, from 0 to below 1.</summary>
    public double AverageDecay { get; init; } = 0.999;

    /// <summary>Gradients are scaled down to this norm, above 0.</summary>
    public double GradientLimit { get; init; } = 1;

    /// <summary>Whether models compute in bfloat16; weights are kept in float32 all the same. Several times faster where processors multiply bfloat16, slower where they do not.</summary>
    public bool Bfloat16 { get; init; }

    /// <summary>Steps from one checkpoint to the next, at least 1; each is followed by a look at scenes that are not learned from.</summary>
    public int CheckpointEvery { get; init; } = 250;

    /// <summary>Type that models compute in.</summary>
    internal TorchSharp.torch.ScalarType Type => Bfloat16 ? TorchSharp.torch.ScalarType.BFloat16 : TorchSharp.torch.ScalarType.Float32;

    /// <summary>Everything that is out of range, each beginning with its key.</summary>
    internal IEnumerable<string> Faults()
    {
        (string Key, double Found, bool Holds, string Allowed)[] rules =
        [
            ("steps", Steps, Steps >= 1, "at least 1"), ("batch", Batch, Batch >= 1, "at least 1"),
            ("learningRate", LearningRate, LearningRate > 0, "above 0"), ("warmUp", WarmUp, WarmUp >= 0, "at least 0"),
            ("weightDecay", WeightDecay, WeightDecay >= 0, "at least 0"), ("averageDecay", AverageDecay, AverageDecay is >= 0 and < 1, "from 0 to below 1"),
            ("gradientLimit", GradientLimit, GradientLimit > 0, "above 0"), ("checkpointEvery", CheckpointEvery, CheckpointEvery >= 1, "at least 1"),
        ];
        return rules.Where(static rule => !rule.Holds).Select(static rule => $"{rule.Key} is {rule.Found} but must be {rule.Allowed}");
    }

    /// <summary>What <see cref="TrainingTask.Validate"/> must give at the end, in its own unit, or <c>null</c> for nothing that must be reached.</summary>
    public double? Goal { get; init; }

    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">Steps done before it.</param>
    public double RateAt(long step) => LearningRate * (step < WarmUp
        ? (step + 1.0) / WarmUp
        : 0.5 * (1 + Math.Cos(Math.PI * (step - WarmUp) / Math.Max(1, Steps - WarmUp))));
}
