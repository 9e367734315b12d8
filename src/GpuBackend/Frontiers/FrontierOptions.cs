namespace SimServe.GpuBackend.Frontiers;

/// <summary>How a frontier is measured.</summary>
public sealed record FrontierOptions
{
    /// <summary>The settings.</summary>
    public required FrontierGrid Grid { get; init; }

    /// <summary>Edits for each setting, at least 1; the same for all.</summary>
    public required int Edits { get; init; }

    /// <summary>Denoising steps, at least 1.</summary>
    public required int Steps { get; init; }

    /// <summary>Bandwidth of the link that loads cached rows, bytes/s.</summary>
    public required double LinkBytesPerSecond { get; init; }

    /// <summary>Seed of scenes, masks, prompts and noise.</summary>
    public required long Seed { get; init; }
}
