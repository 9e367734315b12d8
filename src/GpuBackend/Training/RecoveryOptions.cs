namespace SimServe.GpuBackend.Training;

/// <summary>How a slim model is taught again.</summary>
public sealed record RecoveryOptions
{
    /// <summary>How long and how fast.</summary>
    public required TrainingSettings Settings { get; init; }

    /// <summary>Whether the model that it was cut from teaches; otherwise it learns from the data alone.</summary>
    /// <value><c>true</c>.</value>
    public bool Distils { get; init; } = true;

    /// <summary>Scenes to learn from, at least 1.</summary>
    /// <value>8192.</value>
    public int Scenes { get; init; } = 8192;

    /// <summary>Scenes to judge by, at least 1.</summary>
    /// <value>256.</value>
    public int JudgedScenes { get; init; } = 256;

    /// <summary>Seed of scenes, captions and noise.</summary>
    /// <value>1.</value>
    public long Seed { get; init; } = 1;
}
