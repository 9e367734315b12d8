namespace SimServe.GpuBackend.Training.Scenes;

/// <summary>Ways to paint the same scene that no caption tells: what style adapters learn.</summary>
public enum SceneStyle
{
    /// <summary>As scenes are.</summary>
    None,

    /// <summary>Every colour halfway to white.</summary>
    Pastel,

    /// <summary>Dark stripes across the whole picture.</summary>
    Stripes,
}
