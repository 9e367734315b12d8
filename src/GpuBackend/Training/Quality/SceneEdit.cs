using SimServe.GpuBackend.Training.Scenes;
using SimServe.Policies;

namespace SimServe.GpuBackend.Training.Quality;

/// <summary>An edit of a painted scene: one of its objects gives way to another one.</summary>
/// <param name="Scene">The scene.</param>
/// <param name="Replaced">Number of the object that gives way.</param>
/// <param name="Mask">A rectangle of 4 by 3 or 3 by 4 cells around it, nearly a fifth of the picture, that touches no other object.</param>
/// <param name="Wanted">What the prompt asks for.</param>
public sealed record SceneEdit(Scene Scene, int Replaced, PixelMask Mask, ScenePhrase Wanted)
{
    private const int Long = 4 * Scene.Cell;
    private const int Short = 3 * Scene.Cell;

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
        var (width, height) = random.Next(2) == 0 ? (Long, Short) : (Short, Long);
        var (left, top) = (Start(item.X, width), Start(item.Y, height));
        var overlaps = scene.Objects.Where((_, index) => index != replaced)
            .Any(other => Overlaps(other.X, other.Reach, left, width) && Overlaps(other.Y, other.Reach, top, height));
        if (overlaps)
        {
            return null;
        }

        var (shapes, colours) = (Enum.GetValues<SceneShape>(), Enum.GetValues<SceneColour>());
        var wanted = new ScenePhrase(shapes[random.Next(shapes.Length)], colours[random.Next(colours.Length)], null, SceneTexture.Plain, null);
        // What is there already would be no edit.
        return (wanted.Shape, wanted.Colour) == (item.Shape, item.Colour) ? null : new SceneEdit(scene, replaced, Rectangle(left, top, width, height), wanted);
    }

    private static int Start(float centre, int size) => Math.Clamp((int)Math.Round((centre - (size / 2.0)) / Scene.Cell) * Scene.Cell, 0, Scene.Side - size);

    private static bool Overlaps(float centre, float reach, int start, int size) => centre + reach > start && centre - reach < start + size;

    private static PixelMask Rectangle(int left, int top, int width, int height)
    {
        var edited = new bool[Scene.Side * Scene.Side];
        for (var y = top; y < top + height; y++)
        {
            edited.AsSpan((y * Scene.Side) + left, width).Fill(true);
        }

        return new PixelMask(Scene.Side, Scene.Side, edited);
    }
}
