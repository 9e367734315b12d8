using SimServe.Policies;

namespace SimServe.GpuBackend.Training.Scenes;

/// <summary>Makes scenes: the same seed, split and number always make the same one.</summary>
/// <param name="seed">Seed of the set.</param>
/// <param name="split">Which scenes.</param>
public sealed class SceneSource(long seed, SceneSplit split)
{
    // Objects stay this far from the border and from each other, pixels.
    private const float Gap = 2;
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
                // The first of a held-out scene is of a held-out pair.
                if (TryPlace(random, split == SceneSplit.HeldOut && objects.Count == 0, objects) is { } placed)
                {
                    objects.Add(placed);
                }
            }

            return new Scene(Any<SceneBackground>(random), objects, random.NextInt64());
        }
    }

    // The first object always finds a place.
    private static SceneObject? TryPlace(RandomStream random, bool heldOut, List<SceneObject> others)
    {
        var (shape, colour) = heldOut ? HeldOutPairs[random.Next(HeldOutPairs.Count)] : SeenPair(random);
        var made = new SceneObject(shape, colour, Any<SceneSize>(random), Any<SceneTexture>(random), 0, 0);
        var room = Scene.Side - (2 * (made.Radius + Gap));
        made = made with { X = made.Radius + Gap + (room * random.NextSingle()), Y = made.Radius + Gap + (room * random.NextSingle()) };
        return others.TrueForAll(other => Distance(made, other) >= made.Radius + other.Radius + Gap) ? made : null;
    }

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
