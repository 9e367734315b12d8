namespace SimServe.GpuBackend.Training.Quality;

/// <summary>What was measured of a demo model.</summary>
public sealed record ModelQuality
{
    /// <summary>Weights of all parts, millions.</summary>
    public required double MillionWeights { get; init; }

    /// <summary>Denoising steps of every picture.</summary>
    public required int Steps { get; init; }

    /// <summary>Guidance scale of every picture; 0 or 1 where there was none.</summary>
    public required double Guidance { get; init; }

    /// <summary>Mean peak signal-to-noise ratio of held-out scenes through the autoencoder, dB.</summary>
    public required double ReconstructionPsnr { get; init; }

    /// <summary>Share of painted held-out scenes whose caption the judge finds true, with nothing else in them.</summary>
    public required double JudgeRight { get; init; }

    /// <summary>Captions of scenes of the kinds that were learned from.</summary>
    public required CaptionScore Validation { get; init; }

    /// <summary>Captions that name a shape and a colour never seen together.</summary>
    public required CaptionScore HeldOut { get; init; }

    /// <summary>Fréchet distance of made from painted held-out scenes.</summary>
    public required double Frechet { get; init; }

    /// <summary>The same between two sets of painted held-out scenes: what is left for a perfect model.</summary>
    public required double FrechetOfPainted { get; init; }

    /// <summary>Mean distance of two pictures of one caption over that of two pictures of different captions, by their features.</summary>
    public required double Diversity { get; init; }

    /// <summary>Edits of held-out scenes.</summary>
    public required EditScore Edits { get; init; }

    /// <summary>Its add-ons, or <c>null</c> for a model without.</summary>
    public AddOnScore? AddOns { get; init; }

    /// <summary>What reuse of cached activations costs; <c>null</c> for a model that is not served with reuse yet.</summary>
    public ReuseScore? Reuse { get; init; }
}
