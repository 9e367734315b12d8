namespace SimServe.GpuBackend.Training.Scenes;

/// <summary>A picture as it is described: one to three objects on a background.</summary>
/// <param name="Background">What they stand on.</param>
/// <param name="Objects">The objects; none touches another.</param>
/// <param name="GrainSeed">Seed of the background's grain, which no caption tells.</param>
public sealed record Scene(SceneBackground Background, IReadOnlyList<SceneObject> Objects, long GrainSeed)
{
    /// <summary>Pixels of a side.</summary>
    public const int Side = 64;

    /// <summary>The caption in plain English, e.g. <c>a small red circle left of a large striped blue square on sand</c>.</summary>
    /// <remarks>Of two neighbours in the list the first is left of the second where their columns differ more than their rows, and else above or below it.</remarks>
    public string Caption
    {
        get
        {
            var words = $"a {Objects[0].Words}";
            for (var i = 1; i < Objects.Count; i++)
            {
                words += $" {Relation(Objects[i - 1], Objects[i])} a {Objects[i].Words}";
            }

            return $"{words} on {Background.ToString().ToLowerInvariant()}";
        }
    }

    private static string Relation(SceneObject first, SceneObject second) => Math.Abs(second.X - first.X) >= Math.Abs(second.Y - first.Y)
        ? second.X > first.X ? "left of" : "right of"
        : second.Y > first.Y ? "above" : "below";
}
