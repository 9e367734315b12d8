using SimServe.Policies;

namespace SimServe.GpuBackend.Training.Scenes;

/// <summary>Makes scenes: the same seed, split and number always make the same one.</summary>
/// <remarks>
/// Objects fill whole cells of 8 pixels, the tokens of the demo models: small ones two by two, large ones three by three. A small model then learns what a token may show instead of
/// shapes at every fraction of a pixel, which takes tens of times as long.
/// </remarks>
/// <param name="seed">Seed of the set.</param>
/// <param name="split">Which scenes.</param>
public sealed class SceneSource(long seed, SceneSplit split)
{
    private const int Tries = 40;

    /// <summary>Pairs of a shape and a colour that only <see cref="SceneSplit.HeldOut"/> shows: each shape and each colour is in one of them.</summary>
    public static IReadOnlyList<(SceneShape Shape, SceneColour Colour)> HeldOutPairs { get; } =
        [.. Enum.GetValues<SceneShape>().Select(static shape => (shape, (SceneColour)(((int)shape + 1) % Enum.GetValues<SceneColour>().Length)))];

    /// <summary>A scene.</summary>
    /// <param name="index">Its number, from 0.</param>
    public Scene this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            var random = new RandomStream(seed, $"scene {split} {index}");
            var count = 1 + random.Next(3);
            var objects = new List<SceneObject>();
            for (var attempt = 0; attempt < Tries && objects.Count < count; attempt++)
            {
                if (TryPlace(random, objects) is { } placed)
                {
                    objects.Add(placed);
                }
            }

            return new Scene(Any<SceneBackground>(random), objects);
        }
    }

    // The first object always finds a place.
    private SceneObject? TryPlace(RandomStream random, List<SceneObject> others)
    {
        var (shape, colour) = split switch
        {
            SceneSplit.AllPairs => (Any<SceneShape>(random), Any<SceneColour>(random)),
            SceneSplit.HeldOut when others.Count == 0 => HeldOutPairs[random.Next(HeldOutPairs.Count)],
            _ => SeenPair(random),
        };
        var made = new SceneObject(shape, colour, Any<SceneSize>(random), Any<SceneTexture>(random), 0, 0);
        made = made with { X = Centre(made, random), Y = Centre(made, random) };
        return others.TrueForAll(other => Distance(made, other) >= made.Reach + other.Reach) ? made : null;
    }

    private static float Centre(SceneObject item, RandomStream random) =>
        item.Reach + (Scene.Cell * random.Next(1 + (int)((Scene.Side - (2 * item.Reach)) / Scene.Cell)));

    private static (SceneShape Shape, SceneColour Colour) SeenPair(RandomStream random)
    {
        while (true)
        {
            var pair = (Any<SceneShape>(random), Any<SceneColour>(random));
            if (!HeldOutPairs.Contains(pair))
            {
                return pair;
            }
        }
    }

    // The larger of the two: shapes are as wide as they are high.
    private static float Distance(SceneObject one, SceneObject other) => Math.Max(Math.Abs(one.X - other.X), Math.Abs(one.Y - other.Y));

    private static T Any<T>(RandomStream random)
        where T : struct, Enum
    {
        var values = Enum.GetValues<T>();
        return values[random.Next(values.Length)];
    }
}
