using SimServe.GpuBackend.Training.Scenes;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training;

/// <summary>Pairs of a shape and a colour, numbered.</summary>
internal static class ScenePairs
{
    private static readonly int Colours = Enum.GetValues<SceneColour>().Length;

    /// <summary>All pairs.</summary>
    public static int Count { get; } = Enum.GetValues<SceneShape>().Length * Colours;

    /// <summary>Which pairs captions name.</summary>
    /// <returns>[B, <see cref="Count"/>], float32, 0 or 1.</returns>
    public static Tensor In(IReadOnlyList<SceneCaption> captions, Device device)
    {
        var named = new float[captions.Count * Count];
        for (var row = 0; row < captions.Count; row++)
        {
            foreach (var phrase in captions[row].Phrases)
            {
                named[(row * Count) + ((int)phrase.Shape * Colours) + (int)phrase.Colour] = 1;
            }
        }

        return tensor(named, [captions.Count, Count], device: device);
    }
}
