namespace SimServe.GpuBackend.Training.Scenes;

/// <summary>Which scenes.</summary>
public enum SceneSplit
{
    /// <summary>Scenes to learn from.</summary>
    Train,

    /// <summary>Scenes of the same kinds of objects, to choose by while learning.</summary>
    Validation,

    /// <summary>Scenes with an object of a shape and colour that no scene of the others has together.</summary>
    HeldOut,

    /// <summary>Scenes of all kinds of objects: what the judge and the text encoders learn from, so that they know what they are asked about. No denoiser sees them.</summary>
    AllPairs,
}
