using SimServe.GpuBackend.Training.Scenes;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.AddOns;

/// <summary>How the bound of a LoRA is measured.</summary>
public sealed record LoraBoundOptions
{
    /// <summary>Denoising steps, at least 1.</summary>
    public required int Steps { get; init; }

    /// <summary>What the images show; at least one.</summary>
    public required IReadOnlyList<string> Prompts { get; init; }

    /// <summary>Images of each prompt, at least 1.</summary>
    public required int Seeds { get; init; }

    /// <summary>Seed of each prompt's first image; the next ones have the following seeds.</summary>
    /// <value>1.</value>
    public long FirstSeed { get; init; } = 1;

    /// <summary>Cosine similarity that latents must keep, in the mean over images.</summary>
    /// <value>0.99, the paper's.</value>
    public double Threshold { get; init; } = 0.99;

    /// <summary>Structural similarity that images must have, in the mean.</summary>
    /// <value>0.95.</value>
    public double MinSsim { get; init; } = 0.95;

    /// <summary>Images that are made at once, at least 1; a model of billions of weights has room for few.</summary>
    /// <value>4.</value>
    public int BatchSize { get; init; } = 4;

    /// <summary>Where models run.</summary>
    public Device Device { get; init; } = CPU;

    /// <summary>Type that models compute in.</summary>
    public ScalarType Type { get; init; } = ScalarType.Float32;

    /// <summary>Captions of painted scenes that nothing was trained on: prompts that the demo models understand.</summary>
    /// <param name="count">How many.</param>
    public static IReadOnlyList<string> PaintedPrompts(int count)
    {
        var scenes = new SceneSource(1, SceneSplit.Validation);
        return [.. Enumerable.Range(0, count).Select(number => scenes[number].Caption)];
    }
}
