using SimServe.GpuBackend.Training.Scenes;

namespace SimServe.GpuBackend.Training.Quality;

/// <summary>An object that a judge sees in a picture.</summary>
/// <param name="Item">What it is and where its centre lies.</param>
/// <param name="Certainty">How sure the judge is that there is one, from 0 to 1.</param>
public sealed record SceneFinding(SceneObject Item, double Certainty);
