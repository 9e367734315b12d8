namespace SimServe.GpuBackend.Training;

/// <summary>What a recipe's <c>training.json</c> says.</summary>
public sealed record TrainingPlan
{
    /// <summary>What the Flux model's card says beside the recipe, in a sentence or two, or <c>null</c>.</summary>
    public string? Notes { get; init; }

    /// <summary>Seed of scenes, first weights, and everything that is drawn.</summary>
    public required long Seed { get; init; }

    /// <summary>Scenes to learn from, at least 1.</summary>
    public required int TrainScenes { get; init; }

    /// <summary>Scenes of the validation and of the held-out split, at least 1 each.</summary>
    public required int JudgedScenes { get; init; }

    /// <summary>The autoencoder between pictures and latents.</summary>
    public required TrainingSettings Vae { get; init; }

    /// <summary>Both text encoders of the Flux model.</summary>
    public required TrainingSettings Text { get; init; }

    /// <summary>The judge of pictures.</summary>
    public required TrainingSettings Judge { get; init; }

    /// <summary>A Flux transformer that is guided, for the one that ships to learn from, or <c>null</c> for a recipe whose transformer learns from scenes alone.</summary>
    public TrainingSettings? Teacher { get; init; }

    /// <summary>How strongly the teacher is guided, at least 1.</summary>
    public double Guidance { get; init; } = 4;

    /// <summary>The Flux transformer.</summary>
    public required TrainingSettings Transformer { get; init; }

    /// <summary>The U-Net's text encoder, or <c>null</c> for a recipe without a U-Net.</summary>
    public TrainingSettings? TextSd { get; init; }

    /// <summary>The U-Net, or <c>null</c> for a recipe without one; needs <see cref="TextSd"/>.</summary>
    public TrainingSettings? Unet { get; init; }

    /// <summary>The U-Net's edge ControlNet, or <c>null</c>; needs <see cref="Unet"/>.</summary>
    public TrainingSettings? Controlnet { get; init; }

    /// <summary>Each of the U-Net's style adapters, or <c>null</c>; needs <see cref="Unet"/>.</summary>
    public TrainingSettings? Style { get; init; }

    /// <summary>Everything that is out of range.</summary>
    internal IEnumerable<string> Faults()
    {
        List<string> faults = [];
        Require(faults, TrainScenes >= 1, "trainScenes", TrainScenes, "at least 1");
        Require(faults, JudgedScenes >= 1, "judgedScenes", JudgedScenes, "at least 1");
        Require(faults, double.IsFinite(Guidance) && Guidance >= 1, "guidance", Guidance, "at least 1");
        Require(faults, Unet is not null || (Controlnet is null && Style is null), "unet", "missing", "there when controlnet or style are: they are add-ons of it");
        Require(faults, TextSd is not null || Unet is null, "textSd", "missing", "there when unet is: it reads the U-Net's captions");
        foreach (var (name, part) in Parts())
        {
            faults.AddRange(part.Faults().Select(fault => $"{name}.{fault}"));
        }

        return faults;
    }

    private IEnumerable<(string Name, TrainingSettings Settings)> Parts()
    {
        (string Name, TrainingSettings? Settings)[] all =
        [
            ("vae", Vae), ("text", Text), ("judge", Judge), ("teacher", Teacher), ("transformer", Transformer), ("textSd", TextSd), ("unet", Unet), ("controlnet", Controlnet), ("style", Style),
        ];
        return all.Where(static part => part.Settings is not null).Select(static part => (part.Name, part.Settings!));
    }

    private static void Require(List<string> faults, bool holds, string key, object found, string allowed)
    {
        if (!holds)
        {
            faults.Add($"{key} is {found} but must be {allowed}");
        }
    }
}
