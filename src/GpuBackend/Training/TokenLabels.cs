using SimServe.GpuBackend.Training.Scenes;

namespace SimServe.GpuBackend.Training;

/// <summary>What each token of a scene shows.</summary>
/// <param name="Shapes">Row by row: 0 for no object, else 1 + the number of its shape.</param>
/// <param name="Colours">Row by row: 0 for no object, else 1 + the number of its colour.</param>
/// <param name="Covered">Row by row: share of the token's pixels that an object covers.</param>
internal sealed record TokenLabels(long[] Shapes, long[] Colours, float[] Covered)
{
    // A token that an object only touches shows none.
    private const float LeastCovered = 0.25f;

    /// <summary>Classes of shapes.</summary>
    public static int ShapeClasses { get; } = 1 + Enum.GetValues<SceneShape>().Length;

    /// <summary>Classes of colours.</summary>
    public static int ColourClasses { get; } = 1 + Enum.GetValues<SceneColour>().Length;

    /// <summary>The labels of a scene.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="side">Tokens of its side; divides the pixels of its side.</param>
    public static TokenLabels Of(Scene scene, int side)
    {
        var labels = new TokenLabels(new long[side * side], new long[side * side], new float[side * side]);
        var pixels = Scene.Side / side;
        for (var item = 0; item < scene.Objects.Count; item++)
        {
            var covered = new float[side * side];
            var mask = ScenePainter.MaskOf(scene, item).Edited;
            for (var i = 0; i < mask.Length; i++)
            {
                covered[(i / Scene.Side / pixels * side) + (i % Scene.Side / pixels)] += mask[i] ? 1f / (pixels * pixels) : 0;
            }

            for (var token = 0; token < covered.Length; token++)
            {
                if (covered[token] >= LeastCovered && covered[token] > labels.Covered[token])
                {
                    (labels.Shapes[token], labels.Colours[token]) = (1 + (long)scene.Objects[item].Shape, 1 + (long)scene.Objects[item].Colour);
                }

                labels.Covered[token] = Math.Max(labels.Covered[token], covered[token]);
            }
        }

        return labels;
    }
}
