namespace SimServe.GpuBackend.Training.Scenes;

/// <summary>One object of a scene.</summary>
/// <param name="Shape">Its shape.</param>
/// <param name="Colour">Its colour.</param>
/// <param name="Size">Its size.</param>
/// <param name="Texture">How it is filled.</param>
/// <param name="X">Column of its centre, pixels.</param>
/// <param name="Y">Row of its centre, pixels.</param>
public sealed record SceneObject(SceneShape Shape, SceneColour Colour, SceneSize Size, SceneTexture Texture, float X, float Y)
{
    private const float Gap = 1;

    /// <summary>Half of its extent, pixels.</summary>
    public float Radius => Reach - Gap;

    /// <summary>Half of the side of the square that it has to itself, pixels: 2x2 or 3x3 cells of <see cref="Scene.Cell"/>.</summary>
    internal float Reach => (Size == SceneSize.Small ? 2 : 3) * Scene.Cell / 2f;
}
