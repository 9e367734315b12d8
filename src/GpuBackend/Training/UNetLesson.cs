using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Training.Scenes;

namespace SimServe.GpuBackend.Training;

/// <summary>What a U-Net is given to learn from at once.</summary>
/// <param name="Input">Noised latents with their captions.</param>
/// <param name="Scenes">Where the scenes are from.</param>
/// <param name="Chosen">Their numbers.</param>
internal sealed record UNetLesson(UNetInput Input, SceneSet Scenes, IReadOnlyList<int> Chosen);
