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

    /// <summary>The same edit with a mask of whole tokens: 4 by 3 or 3 by 4 of an 8 by 8 grid, a fifth of the picture, around the object that gives way.</summary>
    /// <param name="grid">The model's grid, of the scenes' size.</param>
    /// <remarks>Where masks end within tokens, a fifth of the pixels is up to two fifths of the tokens: published ratios count tokens.</remarks>
    public SceneEdit OnTokens(TokenGrid grid)
    {
        var item = Scene.Objects[Replaced];
        var (wide, high) = Replaced % 2 == 0 ? (4, 3) : (3, 4);
        var (width, height) = (wide * grid.Columns / 8 * grid.PatchPixels, high * grid.Rows / 8 * grid.PatchPixels);
        int First(float centre, int size) => Math.Clamp((int)Math.Round((centre - (size / 2.0)) / grid.PatchPixels) * grid.PatchPixels, 0, Scene.Side - size);
        return this with { Mask = Rectangle(First(item.X, width), First(item.Y, height), width, height) };
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
        return (wanted.Shape, wanted.Colour) == (item.Shape, item.Colour) ? null : new SceneEdit(scene, replaced, Rectangle(left, top, MaskSide, MaskSide), wanted);
    }

    private static int Start(float centre) => Math.Clamp((int)Math.Round(centre - (MaskSide / 2.0)), 0, Scene.Side - MaskSide);

    private static bool Overlaps(float centre, float radius, int start) => centre + radius > start && centre - radius < start + MaskSide;

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
