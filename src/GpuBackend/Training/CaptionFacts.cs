using SimServe.GpuBackend.Training.Scenes;

namespace SimServe.GpuBackend.Training;

/// <summary>What the words of a phrase should know of their caption, as numbers of classes.</summary>
internal static class CaptionFacts
{
    /// <summary>Classes of each fact: shape, colour, size or none, texture, relation to the next phrase or none, from the one before or none, number in the caption, background or none.</summary>
    public static IReadOnlyList<int> Classes { get; } = [Number<SceneShape>(), Number<SceneColour>(), 1 + Number<SceneSize>(), Number<SceneTexture>(), 1 + Number<SceneRelation>(), 1 + Number<SceneRelation>(), 3, 1 + Number<SceneBackground>()];

    /// <summary>Facts.</summary>
    public static int Count => Classes.Count;

    /// <summary>The facts of a phrase.</summary>
    public static IEnumerable<long> Of(SceneCaption caption, int phrase)
    {
        var told = caption.Phrases[phrase];
        return
        [
            (long)told.Shape, (long)told.Colour, OrNone(told.Size), (long)told.Texture, OrNone(told.ToNext),
            OrNone(phrase > 0 ? caption.Phrases[phrase - 1].ToNext : null), phrase, OrNone(caption.Background),
        ];
    }

    private static int Number<T>()
        where T : struct, Enum => Enum.GetValues<T>().Length;

    private static long OrNone<T>(T? value)
        where T : struct, Enum => value is { } some ? 1 + Convert.ToInt64(some, System.Globalization.CultureInfo.InvariantCulture) : 0;
}
