using SimServe.GpuBackend.Training.Scenes;
using SimServe.Policies;

namespace SimServe.GpuBackend.Training.Quality;

/// <summary>An edit of a painted scene: one of its objects gives way to another one.</summary>
/// <param name="Scene">The scene.</param>
/// <param name="Replaced">Number of the object that gives way.</param>
/// <param name="Mask">A square around it that touches no other object's centre.</param>
/// <param name="Wanted">What the prompt asks for.</param>
public sealed record SceneEdit(Scene Scene, int Replaced, PixelMask Mask, ScenePhrase Wanted)
{
    /// <summary>Pixels of the mask's side: a fifth of the picture, with whole tokens of 8 pixels where it lies on their grid.</summary>
    public const int MaskSide = 29;

    /// <summary>The prompt, e.g. <c>a green star</c>.</summary>
    public string Prompt => string.Join(' ', Wanted.Words);

    /// <summary>Draws edits of scenes.</summary>
    /// <param name="source">The scenes.</param>
    /// <param name="count">How many edits, at least 1.</param>
    /// <param name="seed">Seed of masks and prompts.</param>
    /// <returns>Edits whose mask covers one object and none of the others.</returns>
    public static IEnumerable<SceneEdit> Draw(SceneSource source, int count, long seed)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Enumerable.Range(0, int.MaxValue).Select(index => TryDraw(source[index], new RandomStream(seed, $"edit {index}"))).OfType<SceneEdit>().Take(count);
    }

    /// <summary>Whether a point lies in the mask.</summary>
    /// <param name="item">Something with a centre.</param>
    public bool Covers(SceneObject item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return Mask.Edited[((int)item.Y * Scene.Side) + (int)item.X];
    }

    private static SceneEdit? TryDraw(Scene scene, RandomStream random)
    {
        var replaced = random.Next(scene.Objects.Count);
        var item = scene.Objects[replaced];
        var (left, top) = (Start(item.X), Start(item.Y));
        var overlaps = scene.Objects.Where((_, index) => index != replaced)
            .Any(other => Overlaps(other.X, other.Radius, left) && Overlaps(other.Y, other.Radius, top));
        if (overlaps)
        {
            return null;
        }

        var (shapes, colours) = (Enum.GetValues<SceneShape>(), Enum.GetValues<SceneColour>());
        var wanted = new ScenePhrase(shapes[random.Next(shapes.Length)], colours[random.Next(colours.Length)], null, SceneTexture.Plain, null);
        // What is there already would be no edit.
        return (wanted.Shape, wanted.Colour) == (item.Shape, item.Colour) ? null : new SceneEdit(scene, replaced, Square(left, top), wanted);
    }

    private static int Start(float centre) => Math.Clamp((int)Math.Round(centre - (MaskSide / 2.0)), 0, Scene.Side - MaskSide);

    private static bool Overlaps(float centre, float radius, int start) => centre + radius > start && centre - radius < start + MaskSide;

    private static PixelMask Square(int left, int top)
    {
        var edited = new bool[Scene.Side * Scene.Side];
        for (var y = top; y < top + MaskSide; y++)
        {
            edited.AsSpan((y * Scene.Side) + left, MaskSide).Fill(true);
        }

        return new PixelMask(Scene.Side, Scene.Side, edited);
    }
}
