namespace SimServe.GpuBackend.Training.Scenes;

/// <summary>Where an object stands from another.</summary>
public enum SceneRelation
{
    /// <summary>Left of it.</summary>
    LeftOf,

    /// <summary>Right of it.</summary>
    RightOf,

    /// <summary>Above it.</summary>
    Above,

    /// <summary>Below it.</summary>
    Below,
}
