namespace SimServe.GpuBackend.Training.Scenes;

/// <summary>A picture as it is described: one to three objects on a background.</summary>
/// <param name="Background">What they stand on.</param>
/// <param name="Objects">The objects; none touches another.</param>
public sealed record Scene(SceneBackground Background, IReadOnlyList<SceneObject> Objects)
{
    /// <summary>Pixels of a side.</summary>
    public const int Side = 64;

    /// <summary>Pixels of a side of the cells that objects are placed on.</summary>
    public const int Cell = 8;

    /// <summary>The caption that says everything, e.g. <c>a small red circle left of a large striped blue square on a sand background</c>.</summary>
    public string Caption => SceneCaption.Full(this).Text;

    /// <summary>Where an object stands from another: left or right of it where their columns differ at least as much as their rows, else above or below it.</summary>
    /// <param name="first">The one.</param>
    /// <param name="second">The other.</param>
    public static SceneRelation RelationOf(SceneObject first, SceneObject second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return RelationOf(second.X - first.X, second.Y - first.Y);
    }

    /// <summary>Where something stands that another lies from by so much.</summary>
    /// <param name="right">Pixels from the first to the second, to the right.</param>
    /// <param name="down">Pixels from the first to the second, downwards.</param>
    public static SceneRelation RelationOf(double right, double down) => Math.Abs(right) >= Math.Abs(down)
        ? right > 0 ? SceneRelation.LeftOf : SceneRelation.RightOf
        : down > 0 ? SceneRelation.Above : SceneRelation.Below;
}
