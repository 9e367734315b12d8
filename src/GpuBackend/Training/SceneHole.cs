using SimServe.GpuBackend.Training.Scenes;
using SimServe.Policies;

namespace SimServe.GpuBackend.Training;

/// <summary>A hole around an object of a scene, for a model to learn to fill it.</summary>
/// <param name="Tokens">Row by row: 1 in the hole, 0 around it.</param>
/// <param name="Caption">What is to be in it.</param>
internal sealed record SceneHole(float[] Tokens, SceneCaption Caption)
{
    // Most tokens by which a side of the hole lies beyond the object.
    private const int Margin = 2;

    // Shares of holes whose caption is of the whole scene, and of those that have none: edits are also made by such prompts.
    private const double Whole = 0.2;
    private const double Silent = 0.1;

    /// <summary>Draws a hole.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="side">Tokens of its side.</param>
    /// <param name="random">Draws which object, the margins and the caption.</param>
    public static SceneHole Draw(Scene scene, int side, RandomStream random)
    {
        var index = random.Next(scene.Objects.Count);
        var (item, pixels) = (scene.Objects[index], (float)Scene.Side / side);
        int First(float centre) => Math.Max(0, (int)((centre - item.Reach) / pixels) - random.Next(Margin + 1));
        int Last(float centre) => Math.Min(side, (int)Math.Ceiling((centre + item.Reach) / pixels) + random.Next(Margin + 1));
        var (left, top, right, bottom) = (First(item.X), First(item.Y), Last(item.X), Last(item.Y));
        var tokens = new float[side * side];
        for (var row = top; row < bottom; row++)
        {
            tokens.AsSpan((row * side) + left, right - left).Fill(1);
        }

        var draw = random.NextDouble();
        return new SceneHole(
            tokens, draw < Silent ? new SceneCaption([], null) : draw < Silent + Whole ? SceneCaption.Full(scene) : SceneCaption.Named(scene, index, random));
    }

    /// <summary>No hole: the whole picture is to be made.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="side">Tokens of its side.</param>
    /// <param name="random">Draws the caption.</param>
    public static SceneHole Everything(Scene scene, int side, RandomStream random) => new([.. Enumerable.Repeat(1f, side * side)], SceneCaption.Drawn(scene, random));
}
