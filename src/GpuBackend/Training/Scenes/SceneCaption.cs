using SimServe.Policies;

namespace SimServe.GpuBackend.Training.Scenes;

/// <summary>What a caption says of a scene: some of its objects, in the scene's order, and what it leaves out.</summary>
/// <param name="Phrases">One for each object it speaks of; none in an empty caption.</param>
/// <param name="Background">The background, or <c>null</c> when it does not say.</param>
public sealed record SceneCaption(IReadOnlyList<ScenePhrase> Phrases, SceneBackground? Background)
{
    // Shares of captions that say nothing, and that say all; the others say part of it.
    private const double Silent = 0.1;
    private const double Whole = 0.55;

    /// <summary>The words, e.g. <c>a small red circle left of a large striped blue square on a sand background</c>.</summary>
    public string Text => string.Join(' ', Words.Select(static word => word.Text));

    /// <summary>Each word with the number of the phrase it belongs to; -1 for those of the background. A relation belongs to the phrase before it.</summary>
    public IEnumerable<(string Text, int Phrase)> Words
    {
        get
        {
            for (var i = 0; i < Phrases.Count; i++)
            {
                foreach (var word in Phrases[i].Words)
                {
                    yield return (word, i);
                }
            }

            if (Background is { } background)
            {
                foreach (var word in $"{(Phrases.Count > 0 ? "on " : "")}a {background.ToString().ToLowerInvariant()} background".Split(' '))
                {
                    yield return (word, -1);
                }
            }
        }
    }

    /// <summary>A caption that says everything.</summary>
    /// <param name="scene">The scene.</param>
    public static SceneCaption Full(Scene scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        return Of(scene, scene.Objects, static _ => (true, true), scene.Background);
    }

    /// <summary>A caption as people write them: often everything, sometimes one object only, sometimes nothing.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="random">Draws what is said.</param>
    /// <remarks>What is said is true, but a texture may be left out: a prompt of an edit names what is wanted and no more.</remarks>
    public static SceneCaption Drawn(Scene scene, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(scene);
        ArgumentNullException.ThrowIfNull(random);
        var draw = random.NextDouble();
        if (draw < Silent)
        {
            return new SceneCaption([], null);
        }

        if (draw < Silent + Whole)
        {
            return Full(scene);
        }

        // At least one object: the others by a coin each.
        var sure = random.Next(scene.Objects.Count);
        var told = scene.Objects.Where((_, index) => index == sure || random.NextDouble() < 0.3).ToArray();
        return Of(scene, told, _ => (random.NextDouble() < 0.4, random.NextDouble() < 0.8), random.NextDouble() < 0.3 ? scene.Background : null);
    }

    /// <summary>A caption of one object, as prompts of edits are: its shape and colour, and by a coin the rest.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="index">The object's place in it.</param>
    /// <param name="random">Draws what is said.</param>
    public static SceneCaption Named(Scene scene, int index, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(scene);
        ArgumentNullException.ThrowIfNull(random);
        return Of(scene, [scene.Objects[index]], _ => (random.NextDouble() < 0.4, random.NextDouble() < 0.8), null);
    }

    private static SceneCaption Of(Scene scene, IReadOnlyList<SceneObject> told, Func<SceneObject, (bool Size, bool Texture)> says, SceneBackground? background) =>
        new(
            [
                .. told.Select((item, index) =>
                {
                    var (size, texture) = says(item);
                    return new ScenePhrase(
                        item.Shape,
                        item.Colour,
                        size ? item.Size : null,
                        texture ? item.Texture : SceneTexture.Plain,
                        index + 1 < told.Count ? Scene.RelationOf(item, told[index + 1]) : null);
                }),
            ],
            background);
}
